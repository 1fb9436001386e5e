using Blake3 = Prozchain.Zk.Hashing.Blake3;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Prozchain.Benchmarks.Quick;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Keccak256 = Prozchain.Zk.Hashing.Keccak256;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Zk;

/// <summary>
/// Hashes in lanes and Merkle trees over columns. The peer (Plonky3, 2 vCPUs of Zen 5, 3.9 GHz) ran where 512-bit logic
/// goes at 16 Gop/s a core; the first row says what it is here, and a kernel's figure is to be read against it.
/// </summary>
internal static class HashRows
{
    private const string Area = "Zk";
    private const int Columns = 1312, Rows = 1 << 15;

    // SHA-256 of the peer's machine, so that its figures become ratios to the same yardstick.
    private const double PeerSha256 = 1.79;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "512-bit xor and add in registers, 1 thread", "Gop/s", Xor) with { Peer = Peer(16, 1) },
        QuickRow.Rate(Area, "Keccak-f, 8 at once, 1 thread", "M/s", KeccakF) with
        {
            Against = Yardstick.Sha256, Peer = Peer(34.1), Floor = new Goal(GoalOf.Value, 25), Aim = new Goal(GoalOf.Value, 34),
        },
        Many<Keccak256>("Keccak-256 of pairs, 64 bytes"),
        Many<Blake3>("BLAKE3 of pairs, 64 bytes"),
        Many<Sha256>("SHA-256 of pairs, 64 bytes"),
        QuickRow.Rate(Area, "BLAKE3 of 1 MiB, 1 thread", "GB/s", LongBlake3) with { Against = Yardstick.Sha256 },
        Tree<ByteMatrixHash<F, Keccak256>>("Keccak", 1, 403, null, null),
        Tree<ByteMatrixHash<F, Keccak256>>("Keccak", 2, 790, 700, 1600),
        Tree<ByteMatrixHash<F, Blake3>>("BLAKE3", 1, 115, null, null),
        Tree<ByteMatrixHash<F, Blake3>>("BLAKE3", 2, 226, 600, 2000),
        Tree<ByteMatrixHash<F, Sha256>>("SHA-256", 2, null, null, null),
        Tree<SpongeMatrixHash<KoalaBear, Poseidon2Width24<KoalaBear>, Poseidon2Width16<KoalaBear>>>("Poseidon2 24/16", 1, 166, null, null),
        Tree<SpongeMatrixHash<KoalaBear, Poseidon2Width24<KoalaBear>, Poseidon2Width16<KoalaBear>>>("Poseidon2 24/16", 2, 320, 260, null),
        Tile<KoalaBear, Poseidon2Width16<KoalaBear>>("Poseidon2 KoalaBear w16, 16 at once, 1 thread", 21.1, 16),
        Tile<KoalaBear, Poseidon2Width24<KoalaBear>>("Poseidon2 KoalaBear w24, 16 at once, 1 thread", 14.7, 11),
        Tile<BabyBear, Poseidon2Width16<BabyBear>>("Poseidon2 BabyBear w16, 16 at once, 1 thread", 15.9, null),
        Permutation<Poseidon2Width16<KoalaBear>>("Poseidon2 w16 scalar, 1 thread", 1.6),
        Permutation<Poseidon2Width24<KoalaBear>>("Poseidon2 w24 scalar, 1 thread", 1.2),
    ];

    private static Peer Peer(double value, double yardstick = PeerSha256) => new("Plonky3") { Value = value, Ratio = value / yardstick };

    private static QuickBody Xor()
    {
        const int Steps = 1_000_000;
        var words = new ulong[8];
        return new QuickBody(() => words[0] ^= XorLoop(Steps, words[0]), 24 * Steps * 1e-9);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong XorLoop(int steps, ulong seed)
    {
        // Twelve chains of alternating xor and addition: more than the latency needs, and nothing to fold.
        Vector512<ulong> k = Vector512.Create(seed), a = k, b = k + k, c = b + k, d = c + k, e = d + k, f = e + k;
        Vector512<ulong> g = f + k, h = g + k, l = h + k, m = l + k, n = m + k, o = n + k;
        for (int i = 0; i < steps; i++)
        {
            a = (a ^ k) + k;
            b = (b ^ k) + k;
            c = (c ^ k) + k;
            d = (d ^ k) + k;
            e = (e ^ k) + k;
            f = (f ^ k) + k;
            g = (g ^ k) + k;
            h = (h ^ k) + k;
            l = (l ^ k) + k;
            m = (m ^ k) + k;
            n = (n ^ k) + k;
            o = (o ^ k) + k;
        }
        return (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ l ^ m ^ n ^ o)[0];
    }

    private static QuickBody KeccakF()
    {
        const int Times = 1000;
        var states = GC.AllocateArray<Vector512<ulong>>(25, pinned: true);
        return new QuickBody(() =>
        {
            for (int i = 0; i < Times; i++) KeccakKernel<Quads512, Vector512<ulong>>.Permute(ref states[0]);
        }, 8 * Times * 1e-6);
    }

    private static QuickRow Many<THash>(string name) where THash : struct, IBatchDigest<THash> => QuickRow.Rate(Area, $"{name}, 1 thread", "M/s", () =>
    {
        const int Count = 4096;
        byte[] pairs = new byte[64 * Count], digests = new byte[32 * Count];
        new Random(1).NextBytes(pairs);
        return new QuickBody(() => THash.HashMany(pairs, 64, digests), Count * 1e-6);
    });

    private static QuickBody LongBlake3()
    {
        byte[] input = new byte[1 << 20], digest = new byte[32];
        return new QuickBody(() => Prozchain.Zk.Hashing.Blake3.Hash(input, digest), input.Length * 1e-9);
    }

    private static QuickRow Tree<THash>(string hash, int threads, double? peer, double? floor, double? aim) where THash : struct, IMatrixHash<F> =>
        QuickRow.Rate(Area, $"Merkle {hash} of 2^15 x {Columns}, {threads} thread{(threads == 1 ? "" : "s")}", "M elements/s", () =>
        {
            // Columns with a padded stride, out of one array: a power of two would put all of them in the same cache sets.
            var values = new F[Columns * (Rows + 16)];
            for (int i = 0; i < values.Length; i++) values[i] = F.FromUInt32((uint)i);
            ReadOnlyMemory<F>[] columns = [.. Enumerable.Range(0, Columns).Select(c => (ReadOnlyMemory<F>)values.AsMemory(c * (Rows + 16), Rows))];
            return new QuickBody(() => BatchCommitment<F, THash>.Commit([columns], threads: threads), (double)Columns * Rows * 1e-6);
        })
        with
        {
            Against = Yardstick.Sha256,
            Peer = peer is { } value ? Peer(value) : null,
            Floor = floor is { } least ? new Goal(GoalOf.Value, least) : null,
            Aim = aim is { } most ? new Goal(GoalOf.Value, most) : null,
        };

    private static QuickRow Permutation<TPermutation>(string name, double peer) where TPermutation : struct, IPermutation<F> => QuickRow.Rate(Area, name, "M/s", () =>
    {
        const int Times = 200;
        var state = new F[TPermutation.Width];
        return new QuickBody(() =>
        {
            for (int i = 0; i < Times; i++) TPermutation.Permute(state);
        }, Times * 1e-6);
    })
    with { Against = Yardstick.Sha256, Peer = Peer(peer) };

    private static QuickRow Tile<TParameters, TPermutation>(string name, double peer, double? floor)
        where TParameters : struct, IField31Parameters
        where TPermutation : struct, IPermutation<Field31<TParameters>> => QuickRow.Rate(Area, name, "M/s", () =>
        {
            const int Times = 1000, States = 16, Line = 16;
            // Vectors on cache lines: the array lies anywhere, so that a part of it that starts at one is used.
            Field31<TParameters>[] room = GC.AllocateArray<Field31<TParameters>>(TPermutation.Width * States + Line, pinned: true);
            int first = (int)((0 - (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(room, 0)) % 64 / sizeof(uint));
            return new QuickBody(() =>
            {
                for (int i = 0; i < Times; i++) TPermutation.PermuteTile(room.AsSpan(first, TPermutation.Width * States));
            }, States * Times * 1e-6);
        })
        with
        {
            Against = Yardstick.Sha256,
            Peer = Peer(peer),
            Floor = floor is { } least ? new Goal(GoalOf.Value, least) : null,
        };
}
