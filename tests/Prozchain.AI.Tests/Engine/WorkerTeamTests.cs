using Prozchain.AI.Engine;

namespace Prozchain.AI.Tests.Engine;

/// <summary>The threads of an engine, over steps so short that a thread may still be leaving the one before.</summary>
public class WorkerTeamTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Run_ManyShortSteps_EachIsWhollyDoneBeforeTheNext(int workers)
    {
        var step = new CountingStep(Node());
        using var team = new WorkerTeam(workers, scratchBytes: 64);
        var frame = new RunFrame(1) { Batch = 1 };
        for (int run = 1; run <= 1_500; run++)
        {
            step.Begin(run);
            team.Run(step, frame, work: long.MaxValue);
            Assert.True(step.IsDone(), $"Run {run} ended before its units.");
        }
    }

    [Fact]
    public void Run_UnitsThatFollowOnOneThread_AreTold()
    {
        var step = new CountingStep(Node());
        using var team = new WorkerTeam(2, scratchBytes: 64);
        for (int run = 1; run <= 2_000; run++)
        {
            step.Begin(run);
            team.Run(step, new RunFrame(1) { Batch = 1 }, work: long.MaxValue);
        }
        Assert.Equal(0, step.WrongPredecessors);
        Assert.True(step.Continued > 0);
    }

    private static IntegerNode Node()
    {
        var graph = new IntegerGraphBuilder();
        IntegerValue x = graph.Input("x", ElementType.I8, [4], -127, 127, HostType.Int8);
        graph.Output("y", graph.Reshape(x, [2, 2]), HostType.Int8);
        return graph.Build().Nodes[0];
    }

    /// <summary>Notes of each unit in which run it was done, and on each thread which unit came before.</summary>
    private sealed class CountingStep(IntegerNode node) : Step(node)
    {
        [ThreadStatic]
        private static (int Run, int Unit) s_last;

        private readonly int[] _runOf = new int[37];
        private int _run, _continued, _wrong;

        public int Continued => _continued;

        public int WrongPredecessors => _wrong;

        public void Begin(int run) => _run = run;

        public bool IsDone() => _runOf.AsSpan().IndexOfAnyExcept(_run) < 0;

        public override int Units(int batch) => _runOf.Length;

        public override void Run(RunFrame frame, int first, int count, Span<byte> scratch) => Do(-1, first, count);

        public override void Continue(RunFrame frame, int previous, int first, int count, Span<byte> scratch)
        {
            Interlocked.Increment(ref _continued);
            Do(previous, first, count);
        }

        private void Do(int previous, int first, int count)
        {
            int expected = s_last.Run == _run ? s_last.Unit : -1;
            if (previous != expected) Interlocked.Increment(ref _wrong);
            // In turns a step that ends at once, and one whose last units let the others wait until they sleep.
            if (_run % 2 == 0 && first + count == _runOf.Length) Thread.SpinWait(20_000);
            for (int unit = first; unit < first + count; unit++) _runOf[unit] = _run;
            s_last = (_run, first + count - 1);
        }
    }
}
