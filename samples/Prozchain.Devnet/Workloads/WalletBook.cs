using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;

namespace Prozchain.Devnet.Workloads;

/// <summary>
/// The wallets behind the names of a workload, each derived from the run's seed and its name. Addresses and nonces
/// are kept for every name; keys only for the names used lately, since the platform's key objects are large.
/// </summary>
internal sealed class WalletBook(ulong seed) : IDisposable
{
    private const int KeptKeys = 8192;

    private readonly Dictionary<string, Wallet> _wallets = [];
    private readonly Dictionary<string, P256Signer> _signers = [];
    private readonly Queue<string> _signerAges = [];
    private readonly byte[] _secret = DevnetSeeds.Bytes(seed, "wallets");

    public Wallet this[string name]
    {
        get
        {
            if (_wallets.TryGetValue(name, out Wallet? wallet)) return wallet;
            wallet = new Wallet(name, Signer(name).PublicKey.Span);
            _wallets.Add(name, wallet);
            return wallet;
        }
    }

    /// <summary>The key of a wallet. Asking for another wallet may release it: sign at once.</summary>
    private P256Signer Signer(string name)
    {
        if (_signers.TryGetValue(name, out P256Signer? signer)) return signer;
        if (_signers.Count == KeptKeys)
        {
            _signers.Remove(_signerAges.Dequeue(), out P256Signer? oldest);
            oldest?.Dispose();
        }
        byte[] walletSeed = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(name));
        signer = new P256Signer(walletSeed);
        CryptographicOperations.ZeroMemory(walletSeed);
        _signers.Add(name, signer);
        _signerAges.Enqueue(name);
        return signer;
    }

    /// <summary>The next shard transfer of a wallet, signed.</summary>
    public Transfer SignShardTransfer(string from, Sharding.Layout.Address to, ulong amount) =>
        Transfer.Sign(Signer(from), DevnetChain.ShardChainId, to, amount, this[from].ShardNonce++);

    /// <summary>The next rollup transfer of a wallet, signed.</summary>
    public L2Transfer SignRollupTransfer(string from, in AccountAddress to, ulong amount) =>
        L2Transfer.Create(new WalletSigner(Signer(from)), DevnetChain.RollupChainId, to, amount, this[from].RollupNonce++);

    /// <summary>A workload line that carries nonce, public key and signature of its own.</summary>
    public string SignedLine(string from, string to, ulong amount)
    {
        Transfer transfer = SignShardTransfer(from, this[to].ShardAddress, amount);
        return string.Create(CultureInfo.InvariantCulture,
            $"0x{transfer.Sender},0x{transfer.Recipient},{amount},{transfer.Nonce},0x{Convert.ToHexStringLower(transfer.PublicKey.Span)},0x{Convert.ToHexStringLower(transfer.Signature.Span)}");
    }

    public void Dispose()
    {
        foreach (P256Signer signer in _signers.Values) signer.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }
}
