using System.Buffers;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>Wallets and options of small networks for tests.</summary>
internal static class TestNetwork
{
    public const ulong ChainId = 7;

    private static readonly TestSigner[] s_signers = [.. Enumerable.Range(0, 512).Select(i => new TestSigner(i))];

    public static TestSigner Wallet(int index) => s_signers[index];

    public static Address AddressOf(int index) => Address.FromPublicKey(s_signers[index].PublicKey.Span);

    public static Transfer Pay(int from, int to, ulong amount, ulong nonce) => Transfer.Sign(s_signers[from], ChainId, AddressOf(to), amount, nonce);

    public static GenesisAccount[] Accounts(int count, ulong balance) => [.. Enumerable.Range(0, count).Select(i => new GenesisAccount(AddressOf(i), balance))];

    public static EngineOptions Options(int shards, int accounts = 32, ulong balance = 1000, ILogStorage? log = null) => new()
    {
        ChainId = ChainId,
        ShardCount = shards,
        Accounts = Accounts(accounts, balance),
        Validators = [.. Enumerable.Range(500, 5).Select(i => new EngineValidator(s_signers[i], 1_000_000))],
        RoundsPerEpoch = 4,
        Verifier = new TestVerifier(),
        Log = log ?? new MemoryLogStorage(),
    };

    public static ShardChain Chain(ShardLayout layout, int shard, int accounts = 32, ulong balance = 1000, BlockLimits? limits = null) => new(new ShardChainOptions
    {
        ChainId = ChainId,
        Layout = layout,
        Shard = layout.Shards[shard].Id,
        Accounts = Accounts(accounts, balance),
        Limits = limits ?? new BlockLimits(),
        Verifier = new TestVerifier(),
    });

    /// <summary>The first wallet, from an index on, whose account lives on a shard.</summary>
    public static int WalletOn(ShardLayout layout, int shard, int from = 0)
    {
        while (layout.ShardOf(AddressOf(from)) != layout.Shards[shard].Id) from++;
        return from;
    }

    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    public static Digest Key(int seed) => new(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(seed)));
}
