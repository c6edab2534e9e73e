import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';

/** Names a control to screen readers where its place and its content say it to the eye; a Combobox takes no aria-label. */
export const HiddenLabel = ({ htmlFor, text }: { htmlFor: string; text: string }) => (
  <label htmlFor={htmlFor} className={useStyles2(getStyles)}>
    {text}
  </label>
);

const getStyles = () =>
  css({
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  });
