/** What a style sheet or a picture is in unit tests. */
export const asset = '';
