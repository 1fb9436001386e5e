namespace Prozchain.Zk.Security;

/// <summary>What one round of the protocol proves.</summary>
/// <param name="Name">The round.</param>
/// <param name="Bits">-log2 of its error, rounded down, plus the bits ground before its challenges.</param>
/// <param name="GrindingBits">The bits ground.</param>
/// <param name="Formula">The bound on the error before grinding, in the notation of docs/security.md.</param>
/// <param name="Source">Where the bound is proven.</param>
public sealed record SecurityRound(string Name, double Bits, int GrindingBits, string Formula, string Source);
