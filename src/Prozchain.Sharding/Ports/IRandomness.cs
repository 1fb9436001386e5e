namespace Prozchain.Sharding.Ports;

/// <summary>Gives the seed from which an epoch's committees are drawn.</summary>
/// <remarks>
/// An implementer owes: the same 32 bytes for an epoch on every node and on every call. For a network of strangers the
/// bytes must also be unpredictable before the epoch's registry is fixed, and nobody may be able to bias them; the
/// embedded default promises neither.
/// </remarks>
public interface IRandomness
{
    /// <summary>Writes the seed of an epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="seed">Receives 32 bytes.</param>
    void WriteSeed(ulong epoch, Span<byte> seed);
}
