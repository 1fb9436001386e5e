using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Prozchain.Rollups;
using Prozchain.Rollups.Payments;
using Prozchain.Sharding;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Ed25519Signer = Prozchain.Sharding.Ports.Ed25519Signer;
using P256Signer = Prozchain.Rollups.Ports.P256Signer;

namespace Prozchain.Devnet.Workloads;

/// <summary>
/// The wallets behind the names of a workload, each derived from the run's seed and its name. Addresses and nonces
/// are kept for every name; keys only for the names used lately, since the platform's key objects are large.
/// </summary>
internal sealed class WalletBook(ulong seed, bool isProven = false) : IDisposable
{
    private const int KeptKeys = 8192;

    private readonly Dictionary<string, Wallet> _wallets = [];
    private readonly Dictionary<string, WalletKeys> _keys = [];
    private readonly Queue<string> _keyAges = [];
    private readonly Dictionary<AccountAddress, Wallet> _byAddress = [];
    private readonly OneTimeKeys? _oneTime = isProven ? new OneTimeKeys() : null;
    private readonly ulong _rollup = isProven ? DevnetChain.ProvenChainId : DevnetChain.RollupChainId;
    private readonly byte[] _secret = DevnetSeeds.Bytes(seed, "wallets");

    public Wallet this[string name]
    {
        get
        {
            if (_wallets.TryGetValue(name, out Wallet? wallet)) return wallet;
            WalletKeys keys = Keys(name);
            wallet = new Wallet(name, keys.Shard.PublicKey.Span, keys.Rollup.PublicKey.Span);
            _wallets.Add(name, wallet);
            _byAddress.Add(wallet.RollupAddress, wallet);
            return wallet;
        }
    }

    /// <summary>Every name asked for so far.</summary>
    public IEnumerable<string> Names => _wallets.Keys;

    /// <summary>Says how payments name the account of an address from now on.</summary>
    public void NameOnRollup(in AccountAddress address, in AccountAddress given) => _byAddress[address].RollupName = given;

    /// <summary>The keys of a wallet. Asking for another wallet's may release them: sign at once.</summary>
    private WalletKeys Keys(string name)
    {
        if (_keys.TryGetValue(name, out WalletKeys? keys)) return keys;
        if (_keys.Count == KeptKeys)
        {
            _keys.Remove(_keyAges.Dequeue(), out WalletKeys? oldest);
            oldest?.Dispose();
        }
        byte[] shard = SeedOf("shards", name), rollup = SeedOf("rollup", name);
        keys = new WalletKeys(shard, _oneTime is null ? new P256Signer(rollup) : _oneTime.Open(name, rollup));
        CryptographicOperations.ZeroMemory(shard);
        CryptographicOperations.ZeroMemory(rollup);
        _keys.Add(name, keys);
        _keyAges.Enqueue(name);
        return keys;
    }

    private byte[] SeedOf(string layer, string name) => HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(layer + ":" + name));

    /// <summary>The next shard transfer of a wallet, signed; its wire form.</summary>
    public byte[] SignShardTransfer(string from, Sharding.Layout.Address to, ulong amount, long validUntilMs) =>
        TransferView.Sign(Keys(from).Shard, DevnetChain.ShardChainId, to, amount, this[from].ShardNonce++, validUntilMs);

    /// <summary>A swap of two wallets, signed by both; its wire form.</summary>
    public byte[] SignSwap(string from, string to, ulong amount, ulong back, long beginMs, long deadlineMs)
    {
        Digest one = this[from].ShardAddress.Digest, other = this[to].ShardAddress.Digest;
        byte[] moves = MultiTransfer.Encode(new MultiTransfer.Move(one, other, amount), new MultiTransfer.Move(other, one, back));
        // The second call may release the first wallet's keys.
        Ed25519Signer first = Keys(from).Shard, second = Keys(to).Shard;
        return AtomicTransaction.Sign(
            new AtomicTransaction.Header(DevnetChain.ShardChainId, beginMs, deadlineMs, TransferEngine.MultiTransferProgram),
            [new DeclaredCell(one, true), new DeclaredCell(other, true)], moves, first, second).Encoded.ToArray();
    }

    /// <summary>The next rollup transfer of a wallet, signed.</summary>
    public Payment SignRollupTransfer(string from, in AccountAddress to, ulong amount)
    {
        Wallet wallet = this[from];
        var payment = new Payment { Sender = wallet.RollupName, Nonce = wallet.RollupNonce++, Recipient = _byAddress.GetValueOrDefault(to)?.RollupName ?? to, Amount = amount };
        return PaymentMessage.Sign(payment, Keys(from).Rollup, _rollup);
    }

    /// <summary>The next withdrawal of a wallet from the rollup, signed.</summary>
    public Payment SignRollupWithdrawal(string from, in L1Address to, UInt128 amount)
    {
        Wallet wallet = this[from];
        var payment = new Payment { Kind = PaymentKind.Withdraw, Sender = wallet.RollupName, Nonce = wallet.RollupNonce++, L1Recipient = to, Amount = amount };
        return PaymentMessage.Sign(payment, Keys(from).Rollup, _rollup);
    }

    /// <summary>Signs with the key that a wallet has on the rollup: the key, then the signature.</summary>
    public (ReadOnlyMemory<byte> PublicKey, byte[] Signature) SignOnRollup(string from, ReadOnlySpan<byte> message)
    {
        Rollups.Ports.ISigner signer = Keys(from).Rollup;
        var signature = new byte[signer.SignatureSize];
        signer.Sign(message, signature);
        return (signer.PublicKey, signature);
    }

    /// <summary>A workload line that carries nonce, validity, public key and signature of its own.</summary>
    public string SignedLine(string from, string to, ulong amount, long validUntilMs)
    {
        Sharding.Layout.Address sender = this[from].ShardAddress, recipient = this[to].ShardAddress;
        byte[] bytes = SignShardTransfer(from, recipient, amount, validUntilMs);
        TransferView.TryRead(bytes, out TransferView transfer);
        return string.Create(CultureInfo.InvariantCulture,
            $"0x{sender},0x{recipient},{amount},{transfer.Nonce},{validUntilMs},0x{Convert.ToHexStringLower(transfer.PublicKey)},0x{Convert.ToHexStringLower(transfer.Signature)}");
    }

    /// <summary>Sets all nonces back, as if no wallet had sent anything.</summary>
    public void Forget()
    {
        foreach (Wallet wallet in _wallets.Values) (wallet.ShardNonce, wallet.RollupNonce) = (0, 0);
    }

    public void Dispose()
    {
        foreach (WalletKeys keys in _keys.Values) keys.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }
}
