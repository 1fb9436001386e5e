using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>Hash-based signatures under trees of height 7, of messages as long as a payment's, all on one thread.</summary>
internal static class HashSignatureRows
{
    private const string Area = "Rollups";
    private const int MessageSize = 198, Signed = 16;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Verified<Poseidon1Width16<KoalaBear>>("Poseidon1", 256) with { Floor = new Goal(GoalOf.Value, 5_000), Aim = new Goal(GoalOf.Value, 15_000) },
        Verified<Poseidon2Width16<KoalaBear>>("Poseidon2", 256) with { Floor = new Goal(GoalOf.Value, 5_000), Aim = new Goal(GoalOf.Value, 15_000) },
        Verified<Poseidon2Width16<KoalaBear>>("Poseidon2", 1),
        Held("hash-based signatures made, Poseidon2, 1 thread", Sign),
        Held("hash-based key trees of 2,187 keys made, Poseidon2, 1 thread", () => new QuickBody(() => HashKeyTree<Poseidon2Width16<KoalaBear>>.Generate(Seeded.Bytes(32, 1)).Dispose())),
    ];

    private static QuickRow Held(string name, Func<QuickBody> prepare) => QuickRow.Rate(Area, name, "1/s", prepare) with
    {
        Against = Yardstick.Registers,
        FromYardstick = Steps.PerSecond,
    };

    private static QuickRow Verified<TPermutation>(string hash, int count) where TPermutation : struct, IPermutation<F> =>
        Held($"hash-based signatures verified, {hash}, {(count == 1 ? "singly" : $"{count} at once")}, 1 thread", () =>
        {
            SignatureClaim[] claims = Claims<TPermutation>(count);
            var results = new bool[count];
            var verifier = new HashVerifier<TPermutation>();
            void Run()
            {
                verifier.VerifyMany(claims, results);
                if (results.Contains(false)) throw new InvalidOperationException("Expected valid signatures, got an invalid one.");
            }
            return new QuickBody(Run, count);
        });

    private static QuickBody Sign()
    {
        // A store that begins anew: the same keys sign again, which a benchmark may and nobody else.
        HashKeyTree<Poseidon2Width16<KoalaBear>> tree = HashKeyTree<Poseidon2Width16<KoalaBear>>.Generate(Seeded.Bytes(32, 1));
        var signature = new byte[HashSignature.SizeOf(tree.Height)];
        byte[] message = Seeded.Bytes(MessageSize, 2);
        var signer = new HashSigner<Poseidon2Width16<KoalaBear>>(tree, new NoStore());
        return new QuickBody(() =>
        {
            if (signer.KeysLeft < Signed) signer = new HashSigner<Poseidon2Width16<KoalaBear>>(tree, new NoStore());
            for (int i = 0; i < Signed; i++) signer.Sign(message, signature);
        }, Signed, tree);
    }

    private static SignatureClaim[] Claims<TPermutation>(int count) where TPermutation : struct, IPermutation<F>
    {
        using HashKeyTree<TPermutation> tree = HashKeyTree<TPermutation>.Generate(Seeded.Bytes(32, 1));
        var signer = new HashSigner<TPermutation>(tree, new NoStore());
        var made = new SignatureClaim[Math.Min(count, Signed)];
        for (int i = 0; i < made.Length; i++)
        {
            byte[] message = Seeded.Bytes(MessageSize, i), signature = new byte[signer.SignatureSize];
            signer.Sign(message, signature);
            made[i] = new SignatureClaim(tree.PublicKey, message, signature);
        }
        return [.. Enumerable.Range(0, count).Select(i => made[i % made.Length])];
    }

    private sealed class NoStore : Prozchain.Rollups.Zk.Ports.IKeyIndexStore
    {
        public uint Next => 0;

        public void Advance(uint next)
        {
        }
    }
}
