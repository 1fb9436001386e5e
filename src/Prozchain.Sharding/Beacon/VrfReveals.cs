using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Each reveal is the VRF of chain, epoch and slot under the revealer's VRF key: nothing to commit to beforehand, nothing
/// to run out of, and no second output to choose from.
/// </summary>
/// <param name="vrf">Checks outputs.</param>
public sealed class VrfReveals(IVrfVerifier vrf) : IRevealScheme
{
    /// <inheritdoc/>
    public bool TryOpen(ReadOnlyMemory<byte> key, in Digest message, ReadOnlySpan<byte> reveal, out Digest output, out ReadOnlyMemory<byte> nextKey)
    {
        Span<byte> beta = stackalloc byte[64];
        nextKey = key;
        bool valid = vrf.TryVerify(key.Span, message.Span, reveal, beta);
        output = valid ? new Digest(Domains.RevealOutput.Hash(beta)) : default;
        return valid;
    }

    /// <inheritdoc/>
    public bool IsPossessed(ReadOnlySpan<byte> key, in Digest message, ReadOnlySpan<byte> proof)
    {
        Span<byte> beta = stackalloc byte[64];
        return vrf.TryVerify(key, message.Span, proof, beta);
    }
}
