using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Zk.Ports;
using Prozchain.Rollups.Zk.Signatures;
using Hash = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Devnet.Workloads;

/// <summary>
/// Keys of hashes, each of which signs once: what is used of them is known while the process lives, whatever becomes of a wallet's
/// key objects. A run that is proven is never resumed, so nothing of it is on the disk.
/// </summary>
internal sealed class OneTimeKeys
{
    /// <summary>Levels of a wallet's tree: 243 payments.</summary>
    public const int WalletHeight = 5;

    private readonly Dictionary<string, Used> _used = [];

    /// <summary>A signer that goes on where the one before it for this owner ended.</summary>
    /// <param name="owner">Whose keys.</param>
    /// <param name="seed">32 bytes.</param>
    /// <param name="height">Levels of the tree: 3^height signatures.</param>
    public ISigner Open(string owner, ReadOnlySpan<byte> seed, int height = WalletHeight)
    {
        if (!_used.TryGetValue(owner, out Used? used)) _used.Add(owner, used = new Used());
        return new Signer(owner, HashKeyTree<Hash>.Generate(seed, height), used);
    }

    private sealed class Used : IKeyIndexStore
    {
        public uint Next { get; private set; }

        public void Advance(uint next) => Next = next;
    }

    private sealed class Signer(string owner, HashKeyTree<Hash> tree, Used used) : ISigner, IDisposable
    {
        private readonly HashSigner<Hash> _signer = new(tree, used);

        public ReadOnlyMemory<byte> PublicKey => _signer.PublicKey;

        public int SignatureSize => _signer.SignatureSize;

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
        {
            if (_signer.KeysLeft == 0) throw new RunUnusableException($"{owner} sends more than {tree.Capacity} payments on the rollup, and each takes a key of its own where batches are proven: give a smaller workload, or a smaller --l2.");
            _signer.Sign(message, signature);
        }

        public void Dispose() => tree.Dispose();
    }
}
