using Prozchain.Rollups.Ports;

namespace Prozchain.Devnet.Adapters;

/// <summary>A wallet that signs shard transfers signs rollup transfers too: one key, two ports.</summary>
internal sealed class WalletSigner(Sharding.Ports.ISigner signer) : ISigner
{
    public ReadOnlyMemory<byte> PublicKey => signer.PublicKey;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => signer.Sign(message, signature);
}
