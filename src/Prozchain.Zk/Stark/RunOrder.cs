using System.Numerics;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Where the next rows of a run lie. In natural order a run's next rows start one later. In bit-reversed order the low bits
/// of a position are the high ones of its index, so that the next rows of an aligned run are another aligned run in the
/// same order, unless the step carries into those bits; then they are that run's in another order.
/// </summary>
internal sealed class RunOrder
{
    private readonly int _logLength, _logRun, _step;
    private readonly bool _isReversed;
    private readonly int[][] _moved;

    private RunOrder(int logLength, int logRun, int step, bool isReversed)
    {
        (_logLength, _logRun, _step, _isReversed) = (logLength, logRun, step, isReversed);
        int last = (1 << logRun) - 1;
        _moved = [.. Enumerable.Range(0, 3).Select(carry => Enumerable.Range(0, last + 1).Select(j => isReversed
            ? BitReversal.Reverse((BitReversal.Reverse(j, logRun) + carry) & last, logRun) : j).ToArray())];
    }

    /// <summary>Positions in a run.</summary>
    public int Run => 1 << _logRun;

    /// <summary>Runs.</summary>
    public int Count => 1 << (_logLength - _logRun);

    /// <summary>Rows of a trace.</summary>
    public static RunOrder Natural(int logLength, int logRun) => new(logLength, Math.Min(logRun, logLength), 1, false);

    /// <summary>Points of a block of which every second or every one is a step of the trace apart from the next.</summary>
    public static RunOrder BitReversed(int logLength, int logRows, int logRun) => new(logLength, Math.Min(logRun, logRows), 1 << (logLength - logRows), true);

    /// <summary>Any neighbouring points, whose next rows are in columns of their own, at the same positions.</summary>
    public static RunOrder Window(int logLength, int logRun) => new(logLength, Math.Min(logRun, logLength), 0, true);

    /// <summary>Where the next rows of a run start; null if they are in the same order and in one piece, else element j is at the start plus entry j, modulo the length.</summary>
    public int Next(int run, out int[]? moved)
    {
        moved = null;
        if (!_isReversed)
        {
            if (run == Count - 1) moved = _moved[0];
            return (run << _logRun) + 1;
        }
        int bits = _logLength - _logRun, index = BitReversal.Reverse(run, bits) + _step;
        if (index >> bits != 0) moved = _moved[index >> bits];
        return BitReversal.Reverse(index & (Count - 1), bits) << _logRun;
    }

    /// <summary>The values of a periodic column on a run: see <see cref="PeriodicColumns"/>.</summary>
    /// <param name="values">One period in natural order, or what stands for neighbouring positions.</param>
    /// <param name="start">The run's first position.</param>
    /// <param name="run">The run.</param>
    public void Repeat<TField>(ReadOnlySpan<TField> values, int start, Span<TField> run)
    {
        int logSpan = _logLength - BitOperations.Log2((uint)values.Length);
        for (int j = 0; j < run.Length; j++) run[j] = values[_isReversed ? start + j >> logSpan : start + j & values.Length - 1];
    }
}
