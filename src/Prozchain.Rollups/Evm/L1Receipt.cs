namespace Prozchain.Rollups.Evm;

/// <summary>What became of a transaction that is in a block.</summary>
internal sealed record L1Receipt(Digest32 TransactionHash, ulong BlockNumber, Digest32 BlockHash, bool Succeeded, ulong GasUsed, L1Address? Created, IReadOnlyList<L1Log> Logs);
