namespace Prozchain.Rollups.Ports;

/// <summary>Holds one secp256k1 key that pays for and signs transactions of an EVM chain: in memory, in a vault, in a device.</summary>
/// <remarks>
/// An implementer owes: ECDSA signatures that verify under <see cref="PublicKey"/>, which never changes. Signatures of one
/// digest may differ, s may be high, and no recovery id is asked for: the caller finds it. Calls do not overlap.
/// </remarks>
public interface IL1Signer
{
    /// <summary>64 bytes: X and Y, big-endian.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Writes a signature of 64 bytes, r then s, to the start of <paramref name="signature"/>.</summary>
    /// <param name="digest">32 bytes, signed as they are.</param>
    ValueTask SignAsync(ReadOnlyMemory<byte> digest, Memory<byte> signature, CancellationToken cancellation);
}
