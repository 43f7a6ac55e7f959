import type { AuthProvider } from './access';
import { CredentialsError } from './credentials-error';

/** What we use of the authenticator of @kubernetes/client-node. */
interface TokenSource {
  applyAuthentication(user: OidcUser, options: { headers: Record<string, unknown> }): Promise<void>;
}

/** The authenticator writes the refreshed tokens into it. */
interface OidcUser {
  readonly name: string;
  readonly authProvider: AuthProvider;
}

// For all connections of a user: an issuer gives out a refreshed token once.
const sources = new Map<string, { readonly user: OidcUser; readonly source: TokenSource }>();

/**
 * The id token of `auth-provider: oidc`, refreshed where it has expired.
 *
 * @throws CredentialsError for the providers that Kubernetes removed in 1.26 (azure, gcp), and when the issuer gives no token
 */
export async function authProviderToken(provider: AuthProvider): Promise<string> {
  if (provider.name !== 'oidc') {
    throw new CredentialsError(`the auth-provider '${provider.name}' is no longer supported by Kubernetes: use an exec plugin, such as kubelogin or gke-gcloud-auth-plugin`);
  }
  const id = JSON.stringify(provider);
  let known = sources.get(id);
  if (!known) {
    // Loaded where it is needed: it costs 35 ms, and its package's front door ten times that.
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
    known = { source: new OpenIDConnectAuth() as TokenSource, user: { name: id, authProvider: { ...provider, config: { ...provider.config } } } };
    sources.set(id, known);
  }
  const options: { headers: Record<string, unknown> } = { headers: {} };
  try {
    await known.source.applyAuthentication(known.user, options);
  } catch (error) {
    throw new CredentialsError(`the issuer ${provider.config['idp-issuer-url'] ?? ''} gave no token`, error);
  }
  const authorization = options.headers.Authorization;
  if (typeof authorization !== 'string') {
    throw new CredentialsError("the auth-provider 'oidc' has no valid token, and nothing to refresh it with: log in again");
  }
  return authorization.replace(/^Bearer /, '');
}
