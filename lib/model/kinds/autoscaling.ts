// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';

export interface ContainerResourceMetricSource { container: string; name: string; target: MetricTarget }

export interface CrossVersionObjectReference { apiVersion?: string; kind: string; name: string }

export interface ExternalMetricSource { metric: MetricIdentifier; target: MetricTarget }

export interface HPAScalingPolicy { periodSeconds: number; type: string; value: number }

export interface HPAScalingRules {
  policies?: HPAScalingPolicy[]; selectPolicy?: string; stabilizationWindowSeconds?: number; tolerance?: number | string;
}

export interface HorizontalPodAutoscaler {
  apiVersion: string; kind: 'HorizontalPodAutoscaler'; metadata: ObjectMeta; spec: HorizontalPodAutoscalerSpec;
}

export interface HorizontalPodAutoscalerBehavior { scaleDown?: HPAScalingRules; scaleUp?: HPAScalingRules }

export interface HorizontalPodAutoscalerSpec {
  behavior?: HorizontalPodAutoscalerBehavior; maxReplicas: number; metrics?: MetricSpec[]; minReplicas?: number;
  scaleTargetRef: CrossVersionObjectReference;
}

export interface MetricIdentifier { name: string; selector?: LabelSelector }

export interface MetricSpec {
  containerResource?: ContainerResourceMetricSource; external?: ExternalMetricSource; object?: ObjectMetricSource; pods?: PodsMetricSource;
  resource?: ResourceMetricSource; type: string;
}

export interface MetricTarget { averageUtilization?: number; averageValue?: number | string; type: string; value?: number | string }

export interface ObjectMetricSource { describedObject: CrossVersionObjectReference; metric: MetricIdentifier; target: MetricTarget }

export interface PodsMetricSource { metric: MetricIdentifier; target: MetricTarget }

export interface ResourceMetricSource { name: string; target: MetricTarget }
