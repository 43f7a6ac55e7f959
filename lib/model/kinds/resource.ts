// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';
import type { NodeSelector } from './pod';

export interface CELDeviceSelector { expression: string }

export interface CapacityRequestPolicy { default?: number | string; validRange?: CapacityRequestPolicyRange; validValues?: (number | string)[] }

export interface CapacityRequestPolicyRange { max?: number | string; min: number | string; step?: number | string }

export interface CapacityRequirements { requests?: Record<string, number | string> }

export interface Counter { value: number | string }

export interface CounterSet { counters: Record<string, Counter>; name: string }

export interface Device {
  allNodes?: boolean; allowMultipleAllocations?: boolean; attributes?: Record<string, DeviceAttribute>; bindingConditions?: string[];
  bindingFailureConditions?: string[]; bindsToNode?: boolean; capacity?: Record<string, DeviceCapacity>;
  consumesCounters?: DeviceCounterConsumption[]; name: string; nodeAllocatableResourceMappings?: Record<string, NodeAllocatableResourceMapping>;
  nodeName?: string; nodeSelector?: NodeSelector; taints?: DeviceTaint[];
}

export interface DeviceAttribute {
  bool?: boolean; bools?: boolean[]; int?: number; ints?: number[]; string?: string; strings?: string[]; version?: string; versions?: string[];
}

export interface DeviceCapacity { requestPolicy?: CapacityRequestPolicy; value: number | string }

export interface DeviceClaim { config?: DeviceClaimConfiguration[]; constraints?: DeviceConstraint[]; requests?: DeviceRequest[] }

export interface DeviceClaimConfiguration { opaque?: OpaqueDeviceConfiguration; requests?: string[] }

export interface DeviceClass { apiVersion: string; kind: 'DeviceClass'; metadata: ObjectMeta; spec: DeviceClassSpec }

export interface DeviceClassConfiguration { opaque?: OpaqueDeviceConfiguration }

export interface DeviceClassSpec { config?: DeviceClassConfiguration[]; extendedResourceName?: string; selectors?: DeviceSelector[] }

export interface DeviceConstraint { distinctAttribute?: string; matchAttribute?: string; requests?: string[] }

export interface DeviceCounterConsumption { counterSet: string; counters: Record<string, Counter> }

export interface DeviceRequest { exactly?: ExactDeviceRequest; firstAvailable?: DeviceSubRequest[]; name: string }

export interface DeviceSelector { cel?: CELDeviceSelector }

export interface DeviceSubRequest {
  allocationMode?: string; capacity?: CapacityRequirements; count?: number; deviceClassName: string; name: string; selectors?: DeviceSelector[];
  tolerations?: DeviceToleration[];
}

export interface DeviceTaint { effect: string; key: string; timeAdded?: string; value?: string }

export interface DeviceToleration { effect?: string; key?: string; operator?: string; tolerationSeconds?: number; value?: string }

export interface ExactDeviceRequest {
  adminAccess?: boolean; allocationMode?: string; capacity?: CapacityRequirements; count?: number; deviceClassName: string;
  selectors?: DeviceSelector[]; tolerations?: DeviceToleration[];
}

export interface NodeAllocatableResourceMapping { allocationMultiplier?: number | string; capacityKey?: string }

export interface OpaqueDeviceConfiguration { driver: string; parameters: Record<string, unknown> }

export interface ResourceClaim { apiVersion: string; kind: 'ResourceClaim'; metadata: ObjectMeta; spec: ResourceClaimSpec }

export interface ResourceClaimSpec { devices?: DeviceClaim }

export interface ResourceClaimTemplate { apiVersion: string; kind: 'ResourceClaimTemplate'; metadata: ObjectMeta; spec: ResourceClaimTemplateSpec }

export interface ResourceClaimTemplateSpec { metadata: ObjectMeta; spec: ResourceClaimSpec }

export interface ResourcePool { generation: number; name: string; resourceSliceCount: number }

export interface ResourceSlice { apiVersion: string; kind: 'ResourceSlice'; metadata: ObjectMeta; spec: ResourceSliceSpec }

export interface ResourceSliceSpec {
  allNodes?: boolean; devices?: Device[]; driver: string; nodeName?: string; nodeSelector?: NodeSelector; perDeviceNodeSelection?: boolean;
  pool: ResourcePool; sharedCounters?: CounterSet[];
}
