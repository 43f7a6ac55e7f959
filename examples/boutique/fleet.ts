import { Fleet } from 'cdk8s-flotilla';

/** The namespace of the shop, the same in every cluster. */
export const NAMESPACE = 'boutique';

/** The words of the fleet: its environments in the order of promotion, and every label that a cluster may have. */
export function newFleet() {
  return new Fleet('boutique', {
    environments: ['dev', 'staging', 'prod'],
    labels: {
      'region': ['us-west-2', 'us-east-1', 'eu-west-1'],
      'cluster-type': ['standard', 'pci'],
      'team': ['shop', 'sre', 'sre-europe'],
      'cost-center': ['engineering', 'retail'],
    },
  });
}

/** A fleet of these words. Another word does not compile: `where: { region: 'eu-west-2' }` is an error in the editor. */
export type Boutique = ReturnType<typeof newFleet>;
