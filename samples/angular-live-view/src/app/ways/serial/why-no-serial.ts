/** Says why this page can't use serial ports, and what to do; nothing if it can. */
export function whyNoSerial({ isSecureContext, navigator }: Window): string {
  if ('serial' in navigator) return '';
  if (!isSecureContext)
    return 'Browsers give serial ports only to pages that came by https: or from localhost, and this one did not.';
  return 'This browser has no serial ports for pages. Chrome, Edge and Opera on a computer have them; in any browser a bridge does.';
}
