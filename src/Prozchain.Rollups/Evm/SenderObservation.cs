namespace Prozchain.Rollups.Evm;

/// <summary>What a node says at one moment.</summary>
/// <param name="Head">Number of the newest block.</param>
/// <param name="Nonce">Transactions of the account up to it.</param>
/// <param name="BaseFee">Of the next block, in wei per gas.</param>
/// <param name="Tip">Usual tip, in wei per gas.</param>
/// <param name="Receipts">By transaction, for those asked about: null where there is none; not there where the node did not say.</param>
internal readonly record struct SenderObservation(ulong Head, ulong Nonce, UInt128 BaseFee, UInt128 Tip, IReadOnlyDictionary<Digest32, L1Receipt?> Receipts);
