namespace Prozchain.Rollups.Batches;

/// <summary>A blob with what shows that it is the one that was posted. Untrusted.</summary>
/// <param name="Blob">131,072 bytes.</param>
/// <param name="Commitment">48 bytes.</param>
/// <param name="Proof">48 bytes.</param>
public readonly record struct BlobSidecar(ReadOnlyMemory<byte> Blob, ReadOnlyMemory<byte> Commitment, ReadOnlyMemory<byte> Proof);
