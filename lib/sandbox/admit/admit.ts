import { checkClaimResize } from './claim-resize';
import { setDefaultClass } from './default-class';
import { checkDefinition } from './definition-lifecycle';
import { checkEscalation } from './escalation';
import { applyLimitRanges } from './limit-range';
import { checkNamespace } from './namespace-lifecycle';
import { checkPodSecurity } from './pod-security';
import { setPriority } from './priority';
import { checkQuota } from './quota';
import { giveServiceAccount } from './service-account';
import { giveServiceAddresses } from './service-addresses';
import { protectStorage } from './storage-protection';
import { addTolerations } from './tolerations';
import type { AdmissionRequest, ClusterApi } from '../api';

/** May change the object of the request, or refuse it with a StatusError. */
export type Admission = (request: AdmissionRequest, api: ClusterApi) => void;

/** What changes objects, in the order of the real server. Webhooks are never called, TaintNodesByCondition and the plugins for certificates are not there. */
export const CHAIN: readonly Admission[] = [
  checkDefinition, checkEscalation, checkNamespace,
  applyLimitRanges, giveServiceAccount, setPriority, addTolerations, setDefaultClass, protectStorage, giveServiceAddresses,
];

/** What only refuses: it is asked about what is valid. */
export const LAST_CHAIN: readonly Admission[] = [checkPodSecurity, checkClaimResize, checkQuota];

/**
 * Asks all of admission, one after the other, about a write that was authorized, decoded and given its defaults.
 *
 * @throws StatusError of the first that refuses
 */
export function admit(request: AdmissionRequest, api: ClusterApi): void {
  for (const admission of [...CHAIN, ...LAST_CHAIN]) admission(request, api);
}
