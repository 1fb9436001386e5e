using System.Buffers.Binary;

namespace Prozchain.Rollups.Payments;

/// <summary>A signature and the key that made it. Untrusted; empty where the rollup's mode posts none.</summary>
/// <param name="PublicKey">The key, scheme byte first.</param>
/// <param name="Signature">The signature, scheme byte first.</param>
public readonly record struct Authorization(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature)
{
    /// <summary>True if neither is there.</summary>
    internal bool IsEmpty => PublicKey.IsEmpty && Signature.IsEmpty;

    /// <summary>The number of the one-time key that made a hash-based signature (docs/formats/rollups-zk-signature.md): false if it is of another scheme, or too short to say.</summary>
    internal bool TryGetKeyIndex(out uint index)
    {
        ReadOnlySpan<byte> signature = Signature.Span;
        bool isSaid = signature.Length >= 1 + sizeof(uint) && signature[0] == AccountAddress.HashScheme;
        index = isSaid ? BinaryPrimitives.ReadUInt32LittleEndian(signature[1..]) : 0;
        return isSaid;
    }
}
