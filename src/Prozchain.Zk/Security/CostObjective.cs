namespace Prozchain.Zk.Security;

/// <summary>
/// What the solver makes small first; then the other. Costs within one percent count as equal, and of equal ones the simplest
/// parameters are taken: smaller degree, then the earlier regime and way of batching of the options. docs/security.md states the
/// model.
/// </summary>
public enum CostObjective : byte
{
    /// <summary>
    /// Expected bytes of the proof: grinds before the queries as much as allowed, because each ground bit saves queries.
    /// </summary>
    ProofBytes = 0,

    /// <summary>The prover's hashing and extension arithmetic, grinding included: does not grind before the queries.</summary>
    ProverWork = 1,
}
