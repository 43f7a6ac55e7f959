/** Takes user names, passwords and tokens out of a text that names URLs or headers, so that no message and no log holds them. */
export function maskCredentials(text: string): string {
  return text
    // A user name alone can be a token over HTTP, never over SSH.
    .replace(/\b(https?:\/\/)[^\s/'"]*@/gi, '$1***@')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*):[^\s/'"]*@/gi, '$1:***@')
    .replace(/([?&](?:access_token|private_token|token|password|sig|signature)=)[^\s&'"]+/gi, '$1***')
    .replace(/(authorization:\s*(?:basic|bearer|token)?\s*)[^\s'"]+/gi, '$1***');
}
