namespace Prozchain.Rollups.Ports;

/// <summary>Commitments to blobs. For an EVM they are KZG commitments as EIP-4844 has them, by whatever library and trusted setup the host has.</summary>
/// <remarks>
/// An implementer owes: commitments that bind; for an EVM, the bytes of EIP-4844's <c>blob_to_kzg_commitment</c>,
/// <c>compute_blob_kzg_proof</c> and <c>verify_blob_kzg_proof</c>, and of EIP-7594's <c>compute_cells_and_kzg_proofs</c>; false and never an exception from <see cref="Verify"/>
/// whatever the bytes; safety for threads.
/// </remarks>
public interface IBlobCommitter
{
    /// <summary>Commits to a blob.</summary>
    /// <param name="blob">131,072 bytes: 4,096 field elements, big-endian, each below the order of the field.</param>
    /// <param name="commitment">Gets 48 bytes.</param>
    void Commit(ReadOnlySpan<byte> blob, Span<byte> commitment);

    /// <summary>Proves that a commitment is a blob's.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="commitment">Its commitment, 48 bytes.</param>
    /// <param name="proof">Gets 48 bytes.</param>
    void Prove(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, Span<byte> proof);

    /// <summary>Proves the 128 cells of a blob, as an EVM asks for since its Osaka fork.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="proofs">Gets 128 proofs of 48 bytes.</param>
    void ProveCells(ReadOnlySpan<byte> blob, Span<byte> proofs);

    /// <summary>Whether a proof shows that a commitment is a blob's. All three are untrusted.</summary>
    bool Verify(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> proof);
}
