import { clusterStories } from './cluster-stories';
import { deploymentStories } from './deployment-stories';
import type { Story } from './story';
import { workloadStories } from './workload-stories';

export const stories: readonly Story[] = [...deploymentStories, ...workloadStories, ...clusterStories];
