using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class SampleAllocationTests
{
    /// <summary>A sample that is accepted costs its own bytes, kept as evidence, and a few objects to hold them.</summary>
    [Fact]
    public void Submit_AcceptedSample_AllocatesLittleMoreThanItKeeps()
    {
        const int Samples = 512;
        ExtendedSquare square = TestSquares.Full(16, cellSize: 512);
        var sampler = Sampler.ForSquare(square.Header, TestSquares.Seed(1));
        var asked = new CellCoordinate[Samples];
        var answers = new byte[Samples][];
        for (int i = 0; i < Samples; i++)
        {
            Assert.True(sampler.TryNext(out asked[i]));
            answers[i] = TestSquares.Encoded(square.GetShare(asked[i].Row, asked[i].Column).WriteTo);
        }
        sampler.Submit(asked[0], ShareStatus.Served, answers[0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < Samples; i++) sampler.Submit(asked[i], ShareStatus.Served, answers[i]);
        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (Samples - 1.0);
        Assert.Equal(Samples, sampler.Accepted.Count);
        Assert.InRange(each, answers[0].Length, answers[0].Length + 256);
    }
}
