using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Payments v1 on one thread over 100,000 accounts: batches of 20,000 transfers between accounts drawn log-uniformly, a
/// fee each, one state root for the batch, signatures checked elsewhere.
/// </summary>
internal static class PaymentRows
{
    private const string Area = "Rollups";
    private const int Accounts = 100_000, Count = 20_000, Chunk = 256;
    private const ulong ChainId = 1;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "execution and root, 20,000 payments a batch, signatures not checked", "tx/s", () => Execute(withRoot: true)) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.PerSecond,
            Floor = new Goal(GoalOf.Value, 500_000),
        },
        QuickRow.Rate(Area, "execution alone, 20,000 payments a batch", "tx/s", () => Execute(withRoot: false)) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.PerSecond,
        },
        QuickRow.Rate(Area, "root updates, 20,000 of 200,000 keys, level by level", "keys/s", Flat) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.PerSecond,
        },
        QuickRow.Rate(Area, "root updates, 20,000 of 200,000 keys, readable trie", "keys/s", Naive) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.PerSecond,
        },
    ];

    private static QuickBody Execute(bool withRoot)
    {
        var transition = new Payments<KeccakTree>(new PaymentRules(ChainId, Address(0)) { KeysAreShown = false }, new NoSignatures(), keyMemo: 1 << 18);
        var state = new StateStore<KeccakTree>(checkpoints: 2);
        var run = new BatchRun<Payment>(transition, ResourceUse.Unlimited);
        var context = new BatchContext(ChainId, 0, 0, 0);
        AccountAddress[] accounts = [.. Enumerable.Range(0, Accounts).Select(Address)];
        foreach (AccountAddress account in accounts) transition.ApplyInbound(new InboundMessage { Recipient = account, Amount = 1UL << 50 }, context, state, run.Effects);
        state.Root();
        Random random = Seeded.Random(1);
        var nonces = new ulong[Accounts];
        var payments = new Payment[Count];
        var authentic = new bool[Count];
        int Draw() => (int)Math.Exp(random.NextDouble() * Math.Log(Accounts)) - 1;
        void Next()
        {
            for (int i = 0; i < Count; i++)
            {
                int from = Draw();
                payments[i] = new Payment { Sender = accounts[from], Nonce = nonces[from]++, Recipient = accounts[Draw()], Amount = (ulong)random.Next(1, 1_000_000), Fee = 1 };
            }
        }
        void Run()
        {
            state.Checkpoint();
            run.Begin(context);
            for (int i = 0; i < Count; i += Chunk)
            {
                ReadOnlySpan<Payment> part = payments.AsSpan(i, Math.Min(Chunk, Count - i));
                transition.Authenticate(part, authentic);
                if (!run.TryExecute(part, authentic, state)) throw new InvalidOperationException("Expected a batch within its cap.");
            }
            if (withRoot) state.Root();
        }
        return new QuickBody(Run, Count, null, Next);
    }

    private static QuickBody Flat()
    {
        Digest32[] keys = [.. Enumerable.Range(0, 200_000).Select(Key)];
        var store = new StateStore<KeccakTree>(checkpoints: 1);
        foreach (Digest32 key in keys) store.Write(key, new byte[16]);
        store.Root();
        var value = new byte[16];
        int at = 0;
        void Run()
        {
            store.Checkpoint();
            value[0]++;
            for (int i = 0; i < Count; i++) store.Write(keys[at++ * 7919 % keys.Length], value);
            at %= keys.Length;
            store.Root();
        }
        return new QuickBody(Run, Count);
    }

    private static QuickBody Naive()
    {
        Bytes32[] keys = [.. Enumerable.Range(0, 200_000).Select(i => new Bytes32(Key(i).Span))];
        var trie = new BinaryTrie<PlainHash>();
        foreach (Bytes32 key in keys) trie.Set(key, new byte[16]);
        trie.Root();
        var value = new byte[16];
        int at = 0;
        void Run()
        {
            value[0]++;
            for (int i = 0; i < Count; i++) trie.Set(keys[at++ * 7919 % keys.Length], value);
            at %= keys.Length;
            trie.Root();
        }
        return new QuickBody(Run, Count);
    }

    // Public keys that nobody has: nothing here is signed.
    private static Digest32 Key(int number) => new(Address(number).Digest.Span);

    private static AccountAddress Address(int number) => AccountAddress.FromPublicKey([AccountAddress.P256Scheme, .. BitConverter.GetBytes(number), .. new byte[60]]);

    private readonly struct PlainHash : ITrieHash
    {
        public static Bytes32 Value(ReadOnlySpan<byte> value) => Hash([2, .. value]);

        public static Bytes32 Leaf(in Bytes32 key, in Bytes32 valueHash) => Hash([0, .. key.Span, .. valueHash.Span]);

        public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Hash([1, .. left.Span, .. right.Span]);

        private static Bytes32 Hash(ReadOnlySpan<byte> message)
        {
            Span<byte> digest = stackalloc byte[32];
            Keccak256.Hash(message, digest);
            return new Bytes32(digest);
        }
    }
}
