using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Weights arranged so that products of bytes add up exactly in 16 bits. A short holds the sum of two products a step;
/// with activations in [a, b] and weights whose absolute values add up to W over a group of steps it lies within an interval
/// of b - a times W. Where that is below 2^16 the sum modulo 2^16 is the sum, once the shorts begin at minus the interval's
/// middle; the middles come back with the bias. Each panel falls into groups as long as that allows, the longest first, so that
/// a processor can foresee their ends. A weight whose product would saturate together with its neighbour's goes into a step
/// of its own. Immutable.
/// </summary>
internal sealed unsafe class ShortSums
{
    /// <summary>Words that may be read behind the last, a vector of them, and as many to begin with a line of the cache.</summary>
    private const int Slack = 32;

    private readonly int[] _words;
    private readonly int[] _groups;
    private readonly (int Words, int Groups, int Count)[] _panels;
    private readonly int _naturalWords;

    /// <summary>Arranges panels.</summary>
    /// <param name="words">Words of four weights, panel by panel, step by step.</param>
    /// <param name="places">Words of a step, for each panel.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="low">The least activation, made unsigned.</param>
    /// <param name="high">The greatest, at most 255.</param>
    /// <param name="corrections">For each place of each panel: to it is added what its sums lack.</param>
    public ShortSums(ReadOnlySpan<int> words, ReadOnlySpan<int> places, int steps, int low, int high, Span<int> corrections)
    {
        _naturalWords = words.Length;
        _panels = new (int, int, int)[places.Length];
        var arranged = new List<int>(words.Length * 5 / 4);
        List<int> groups = [];
        var segments = new List<(int Start, int Steps)>();
        for (int panel = 0; panel < places.Length; panel++)
        {
            int width = places[panel], firstGroup = groups.Count, firstWord = arranged.Count;
            int[] own = words[..(steps * width)].ToArray();
            List<(int Step, int[] Words)> given = GiveAway(own, width, high);
            segments.Clear();
            for (int start = 0, length; start < steps; start += length)
            {
                length = Fitting(own, width, start, (ushort.MaxValue - 1) / Math.Max(1, high - low));
                segments.Add((start, length));
            }
            segments.Sort((a, b) => a.Steps != b.Steps ? b.Steps - a.Steps : a.Start - b.Start);
            foreach ((int start, int length) in segments)
            {
                groups.Add(ShortPanel.Group(start, length));
                Append(own.AsSpan(start * width, length * width), width, low + high, corrections, arranged);
            }
            foreach ((int step, int[] kept) in given)
            {
                groups.Add(ShortPanel.Group(step, 1));
                Append(kept, width, low + high, corrections, arranged);
            }
            _panels[panel] = (firstWord, firstGroup, groups.Count - firstGroup);
            corrections = corrections[width..];
            words = words[(steps * width)..];
        }
        _words = GC.AllocateUninitializedArray<int>(arranged.Count + Slack, pinned: true);
        _groups = GC.AllocateUninitializedArray<int>(groups.Count, pinned: true);
        arranged.CopyTo(new Span<int>(Scratch.Align(Pointer(_words)), arranged.Count));
        groups.CopyTo(_groups);
    }

    /// <summary>Multiplications of a vector for each of words of the natural order; products of shorts take 2.</summary>
    public double Cost => (double)(_words.Length - Slack) / _naturalWords;

    /// <summary>Whether that is clearly less.</summary>
    public bool IsWorthwhile => Cost < 1.9;

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => (_words.Length + (long)_groups.Length + 3 * _panels.Length) * sizeof(int);

    /// <summary>One panel, in memory that does not move.</summary>
    public ShortPanel this[int panel]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            (int words, int groups, int count) = _panels[panel];
            return new ShortPanel(Scratch.Align(Pointer(_words)) + words, Pointer(_groups) + groups, count);
        }
    }

    /// <summary>Takes away one of two weights whose products with the greatest activation would saturate; one product alone fits: 127 · 255.</summary>
    private static List<(int, int[])> GiveAway(int[] words, int width, int high)
    {
        var given = new List<(int Step, int[] Words)>();
        int most = short.MaxValue / high;
        if (most >= 2 * sbyte.MaxValue) return given;
        for (int at = 0; at < words.Length; at++)
            for (int half = 0; half < 2; half++)
            {
                (int first, int second) = Pair(words[at], half);
                if (Math.Abs(first + second) <= most || (first ^ second) < 0) continue;
                if (given.Count == 0 || given[^1].Step != at / width) given.Add((at / width, new int[width]));
                int mask = 0xFF00 << (16 * half);
                given[^1].Words[at % width] |= words[at] & mask;
                words[at] &= ~mask;
            }
        return given;
    }

    /// <summary>How many steps from one on can be a group.</summary>
    private static int Fitting(int[] words, int width, int start, int limit)
    {
        Span<int> sums = stackalloc int[2 * width];
        sums.Clear();
        int most = Math.Min(ShortPanel.MostSteps, words.Length / width - start);
        for (int length = 0; length < most; length++)
            for (int place = 0; place < width; place++)
                for (int half = 0; half < 2; half++)
                {
                    (int first, int second) = Pair(words[(start + length) * width + place], half);
                    // One step always fits: two weights and activations of 255.
                    if ((sums[2 * place + half] += Math.Abs(first) + Math.Abs(second)) > limit) return length;
                }
        return most;
    }

    /// <summary>Appends a group: where its shorts begin, then its words.</summary>
    private static void Append(ReadOnlySpan<int> group, int width, int ends, Span<int> corrections, List<int> words)
    {
        for (int place = 0; place < width; place++)
        {
            int begin = 0;
            for (int half = 0; half < 2; half++)
            {
                int sum = 0;
                for (int word = place; word < group.Length; word += width)
                {
                    (int first, int second) = Pair(group[word], half);
                    sum += first + second;
                }
                int middle = ends * sum >> 1;
                corrections[place] += middle;
                begin |= (-middle & 0xFFFF) << (16 * half);
            }
            words.Add(begin);
        }
        words.AddRange(group);
    }

    /// <summary>The two weights of one half of a word.</summary>
    private static (int First, int Second) Pair(int word, int half) => ((sbyte)(word >> (16 * half)), (sbyte)(word >> (16 * half + 8)));

    private static int* Pointer(int[] array) => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}
