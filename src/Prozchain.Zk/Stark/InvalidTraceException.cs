using Prozchain.Zk.Air;

namespace Prozchain.Zk.Stark;

/// <summary>A prover refuses traces that do not satisfy their AIRs: no proof of them would be accepted.</summary>
public sealed class InvalidTraceException : ArgumentException
{
    internal InvalidTraceException(string message, IReadOnlyList<TraceFault> faults) : base(message) => Faults = faults;

    /// <summary>What is wrong, by table, row and constraint; empty unless <see cref="StarkProverOptions.CheckTraces"/> was set.</summary>
    public IReadOnlyList<TraceFault> Faults { get; }
}
