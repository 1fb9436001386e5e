namespace Prozchain.AI.Receipts;

/// <summary>A side did not answer, or not as it had committed: it loses. Never leaves the referee.</summary>
internal sealed class ProverFault(CheckedProver side, string message) : Exception(message)
{
    public CheckedProver Side { get; } = side;
}
