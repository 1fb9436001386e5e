using System.Security.Cryptography;
using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>
/// What commits to squares, on one thread: SHA-256 of sixteen messages of the sizes of leaves and nodes, in lanes, beside
/// the BCL's; all roots of a square with 512-byte cells. Rates count the bytes of messages, or of original data.
/// </summary>
internal static class TreeRows
{
    private const string Area = "DataAvailability";
    private const int Messages = 16, CellSize = SquareRows.CellSize;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Lanes(542, 3.773) with
        {
            Floor = new Goal(GoalOf.Ratio, 2.8 / SquareRows.Sha256There), Aim = new Goal(GoalOf.Ratio, 3.8 / SquareRows.Sha256There),
        },
        Lanes(181, 2.390),
        QuickRow.Rate(Area, "SHA-256 of 16 messages of 542 B, the BCL's, 1 thread", "GB/s", static () => OneByOne(542)) with { Against = Yardstick.Sha256 },
        QuickRow.Rate(Area, "SHA-256 of 16 messages of 181 B, the BCL's, 1 thread", "GB/s", static () => OneByOne(181)) with { Against = Yardstick.Sha256 },
        Roots(128, NamespacedAxisTree.Instance, "namespaced") with { Peer = SquareRows.There(128, "assembled C++", 39.40), },
        Roots(512, NamespacedAxisTree.Instance, "namespaced") with { Peer = SquareRows.There(512, "assembled C++", 655.10), },
        Roots(128, PlainAxisTree.Instance, "plain"),
    ];

    private static QuickRow Lanes(int length, double there) =>
        QuickRow.Rate(Area, $"SHA-256 of 16 messages of {length} B in lanes, 1 thread", "GB/s", () =>
        {
            byte[] messages = Seeded.Bytes(Messages * length, 1), digests = new byte[Messages * 32];
            return new QuickBody(() => Sha256Lanes.HashRows(messages, length, digests), messages.Length * 1e-9);
        })
        with { Against = Yardstick.Sha256, Peer = new Peer("ISA-L crypto") { Value = there, Ratio = there / SquareRows.Sha256There } };

    private static QuickBody OneByOne(int length)
    {
        byte[] messages = Seeded.Bytes(Messages * length, 1), digests = new byte[Messages * 32];
        void Run()
        {
            for (int i = 0; i < Messages; i++) SHA256.HashData(messages.AsSpan(i * length, length), digests.AsSpan(32 * i));
        }
        return new QuickBody(Run, messages.Length * 1e-9);
    }

    private static QuickRow Roots(int k, IAxisTree tree, string name) => QuickRow.Time(Area, $"square k = {k}: all {name} roots, 1 thread", "ms", 1e3, () =>
    {
        // One namespace, so that the cells are in order.
        byte[] cells = Seeded.Bytes(4 * k * k * CellSize, 1), roots = new byte[4 * k * tree.RootSize];
        for (int i = 0; i < 4 * k * k; i++) cells.AsSpan(i * CellSize, NamespacedAxisTree.NamespaceSize).Clear();
        return new QuickBody(() => tree.ComputeRoots(cells, 2 * k, roots));
    })
    with { Against = Yardstick.Sha256, FromYardstick = rate => SquareRows.HashTime(k, rate) };
}
