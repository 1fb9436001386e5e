namespace Prozchain.Rollups.Evm;

/// <summary>What a transaction of type 3 (EIP-4844) says about its blobs.</summary>
/// <param name="MaxFeePerBlobGas">In wei; a blob is 131,072 blob gas.</param>
/// <param name="Hashes">Versioned hashes of the commitments, in order.</param>
internal sealed record L1Blobs(UInt128 MaxFeePerBlobGas, IReadOnlyList<Digest32> Hashes);
