using System.Security.Cryptography;

namespace Prozchain.DataAvailability.Tests.Squares;

/// <summary>Namespaced trees and data roots word by word as their specification has them: the oracle of these tests.</summary>
internal static class NaiveNamespacedTree
{
    private const int Name = 29;

    /// <summary>least || greatest || digest over cells, each with its namespace.</summary>
    public static byte[] Root(IReadOnlyList<(byte[] Name, byte[] Data)> cells)
    {
        if (cells.Count == 1) return [.. cells[0].Name, .. cells[0].Name, .. SHA256.HashData([0, .. cells[0].Name, .. cells[0].Data])];
        int split = 1;
        while (split * 2 < cells.Count) split *= 2;
        byte[] left = Root([.. cells.Take(split)]), right = Root([.. cells.Skip(split)]);
        byte[] parity = [.. Enumerable.Repeat((byte)0xFF, Name)];
        byte[] max = right.AsSpan(0, Name).SequenceEqual(parity) ? left[Name..(2 * Name)] : right[Name..(2 * Name)];
        return [.. left[..Name], .. max, .. SHA256.HashData([1, .. left, .. right])];
    }

    /// <summary>RFC 6962, section 2.1.</summary>
    public static byte[] PlainRoot(IReadOnlyList<byte[]> leaves)
    {
        if (leaves.Count == 1) return SHA256.HashData([0, .. leaves[0]]);
        int split = 1;
        while (split * 2 < leaves.Count) split *= 2;
        return SHA256.HashData([1, .. PlainRoot([.. leaves.Take(split)]), .. PlainRoot([.. leaves.Skip(split)])]);
    }

    /// <summary>The data root of k × k shares: rows' roots, then columns', of the extended square.</summary>
    public static byte[] DataRoot(ReadOnlySpan<byte> cells, int k)
    {
        ExtendedSquare square = ExtendedSquare.Extend(cells, new SquareParameters(k));
        byte[] parity = [.. Enumerable.Repeat((byte)0xFF, Name)];
        var roots = new List<byte[]>();
        foreach (bool rows in (bool[])[true, false])
        {
            for (int line = 0; line < 2 * k; line++)
            {
                var all = new List<(byte[], byte[])>();
                for (int i = 0; i < 2 * k; i++)
                {
                    byte[] cell = square.GetCell(rows ? line : i, rows ? i : line).ToArray();
                    all.Add((line < k && i < k ? cell[..Name] : parity, cell));
                }
                roots.Add(Root(all));
            }
        }
        return PlainRoot(roots);
    }

    /// <summary>The commitment of a blob by its shares: trees of at most <paramref name="width"/> shares.</summary>
    public static byte[] Commitment(byte[] shares, int width)
    {
        var roots = new List<byte[]>();
        int count = shares.Length / 512;
        for (int at = 0; at < count;)
        {
            int tree = width;
            while (tree > count - at) tree /= 2;
            roots.Add(Root([.. Enumerable.Range(at, tree).Select(i => (shares[(i * 512)..(i * 512 + Name)], shares[(i * 512)..((i + 1) * 512)]))]));
            at += tree;
        }
        return PlainRoot(roots);
    }
}
