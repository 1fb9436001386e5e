using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Testing.Tests;

public sealed class GuardedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(70_001)]
    public void Span_EitherSide_HoldsWhatIsWritten(int length)
    {
        byte[] bytes = new SeededRandom(7).Bytes(length);
        foreach (GuardSide side in Enum.GetValues<GuardSide>())
        {
            using var guarded = new GuardedMemory<byte>(bytes, side);
            Assert.Equal(bytes, guarded.Span.ToArray());
            Assert.Equal(bytes, guarded.Memory.ToArray());
        }
    }

    [Theory]
    [InlineData(GuardSide.After, 0)]
    [InlineData(GuardSide.Before, 0)]
    [InlineData(GuardSide.After, 1)]
    [InlineData(GuardSide.Before, 1)]
    public void Access_OneElementBeyondTheGuardedEnd_EndsTheProcess(GuardSide side, int writing)
    {
        string role = $"{side}-{writing}";
        if (ChildTest.Role == role)
        {
            using var guarded = new GuardedMemory<int>(33, side);
            // The last element within is fair game: a crash there would prove nothing.
            ref int start = ref MemoryMarshal.GetReference(guarded.Span);
            int inside = side == GuardSide.After ? 32 : 0;
            Unsafe.Add(ref start, inside) = 5;
            ChildTest.ReportEnd();
            ref int beyond = ref Unsafe.Add(ref start, side == GuardSide.After ? 33 : -1);
            if (writing == 1) beyond = 1;
            else Volatile.Read(ref beyond);
            return;
        }
        ChildResult result = ChildTest.Run(role);
        Assert.True(result.ReachedEnd, $"Expected the child to reach the forbidden access, got {result.Describe()}");
        Assert.False(result.TimedOut, result.Describe());
        Assert.True(result.ExitCode != 0, $"Expected the access to end the process, got {result.Describe()}");
    }
}
