using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// One panel of <see cref="ShortSums"/>: for each group of steps the words that the shorts begin with, then those of each
/// of its steps.
/// </summary>
internal readonly unsafe struct ShortPanel(int* words, int* groups, int count)
{
    private const int LengthBits = 4;

    private readonly int* _groups = groups;

    /// <summary>The words, as many for a step as the panel has places.</summary>
    public readonly int* Words = words;

    /// <summary>Groups.</summary>
    public readonly int Count = count;

    /// <summary>Most steps of a group: longer ones would often not fit, and where lengths differ the processor foresees their ends wrongly.</summary>
    public static int MostSteps => 5;

    /// <summary>A group as it is kept.</summary>
    public static int Group(int start, int steps) => start << LengthBits | steps;

    /// <summary>The step that a group begins with; its others follow one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Start(int group) => _groups[group] >> LengthBits;

    /// <summary>Steps of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Steps(int group) => _groups[group] & ((1 << LengthBits) - 1);
}
