import { ApiError } from '../../lib/kube/api-error';
import type { Connection } from '../../lib/kube/connection';
import { impersonating } from '../../lib/kube/impersonating';
import { objectError } from '../../lib/kube/object-error';

const own = { name: 'prod', server: 'https://prod', context: 'prod', requests: { total: 0, writes: 0 } } as Connection;
const tenant = impersonating(own, { user: 'system:serviceaccount:shop:deployer' });

function told(connection: Connection, message: string): { code: string; what: string; fix?: string } {
  const request = { method: 'PATCH', path: '/api/v1/namespaces/shop/configmaps/a' };
  const { code, what, fix } = objectError(connection, 'ConfigMap/shop/a', new ApiError({ status: 403, reason: 'Forbidden', message, request }));
  return { code, what, fix };
}

// The words of kube-apiserver; the later verbs are those of constrained impersonation (KEP-5284).
test.each(['impersonate', 'impersonate:serviceaccount', 'impersonate-on:serviceaccount:patch'])('we ourselves lack the verb %s', verb => {
  const message = `serviceaccounts "deployer" is forbidden: User "flotilla" cannot ${verb} resource "serviceaccounts" in API group "" in the namespace "shop"`;
  expect(told(tenant, message)).toEqual({
    code: 'FLT5113',
    what: "ConfigMap/shop/a cannot be delivered as the ServiceAccount shop/deployer: 'flotilla' may not impersonate it",
    fix: expect.stringContaining('check with `kubectl --context prod auth can-i impersonate serviceaccounts/deployer -n shop`'),
  });
});

test.each<[string, Connection, string]>([
  ['a tenant lacks a right', tenant, '`kubectl --context prod auth can-i patch configmaps -n shop --as=system:serviceaccount:shop:deployer`'],
  ['we ourselves lack a right', own, '`kubectl --context prod auth can-i patch configmaps -n shop`'],
])('%s', (_title, connection, command) => {
  const message = 'configmaps "a" is forbidden: User "somebody" cannot patch resource "configmaps" in API group "" in the namespace "shop"';
  expect(told(connection, message)).toMatchObject({ code: 'FLT5101', fix: expect.stringContaining(command) });
});
