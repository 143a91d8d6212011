import { createVaultProver, type Prover } from '#daemon/operations/prover.ts';

export type VaultProverDeps = Parameters<typeof createVaultProver>[0];

/** What reading the vault back needs, with the vault's prover over its store and its intake. */
export function proving<Deps extends VaultProverDeps>(deps: Deps): Deps & { readonly prover: Prover } {
  return { ...deps, prover: createVaultProver(deps) };
}
