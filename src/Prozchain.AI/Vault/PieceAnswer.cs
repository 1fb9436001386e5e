namespace Prozchain.AI.Vault;

/// <summary>What came of a call to a store.</summary>
/// <param name="Fault">What went wrong; null when nothing did.</param>
/// <param name="Length">Of a get, bytes of what the key holds; of a question whether it holds anything, 1 or 0.</param>
/// <param name="Error">What the store threw, or null.</param>
internal readonly record struct PieceAnswer(PieceFaultKind? Fault, long Length, Exception? Error);
