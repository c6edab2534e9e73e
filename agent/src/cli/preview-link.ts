import { previewFolders } from '../compose/preview.ts';
import type { PreviewWanted } from '../compose/serving.ts';
import type { CommandContext } from './context.ts';

/** The page of this checkout; its links are printed, the later ones with the reason why there is another. */
export function previewShownBy({ checkout, print }: Pick<CommandContext, 'checkout' | 'print'>): PreviewWanted {
  let isFirst = true;
  return {
    folders: previewFolders(checkout),
    show(link) {
      print(isFirst ? `Open ${link}` : `The page is open; that link is used up. For another browser: ${link}`);
      isFirst = false;
    },
  };
}
