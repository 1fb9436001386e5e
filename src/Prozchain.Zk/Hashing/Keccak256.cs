using Sponge = Prozchain.Shared.Keccak256;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Keccak-256 with the original padding (0x01), as the Ethereum virtual machine has it; not FIPS 202 SHA3-256. Managed
/// and scalar; the state holds no resources.
/// </summary>
public struct Keccak256 : IDigest<Keccak256>
{
    private Sponge _sponge;

    /// <inheritdoc/>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        DigestGuard.Require(destination);
        Sponge.Hash(input, destination);
    }

    /// <inheritdoc/>
    public static Keccak256 Create() => default;

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> input) => _sponge.Update(input);

    /// <inheritdoc/>
    public void Finish(Span<byte> destination)
    {
        DigestGuard.Require(destination);
        _sponge.Finish(destination);
        _sponge = default;
    }

    /// <summary>Clears the state.</summary>
    public void Dispose() => _sponge = default;
}
