using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Allocation;

public sealed class AllocationTests
{
    [Fact]
    public void Transfers_AreReadWrittenAndNamedWithoutAllocating()
    {
        L2Transfer transfer = BatchTests.Transfers(1, 1, 1)[0];
        var output = new ArrayBufferWriter<byte>(1 << 12);
        AllocationAssert.None(() =>
        {
            output.ResetWrittenCount();
            transfer.Write(output);
            L2Transfer.TryRead(output.WrittenSpan, out L2Transfer read);
            read.Id();
        });
    }

    [Fact]
    public void Batches_AreBuiltAndIteratedWithoutAllocating()
    {
        L2Transfer[] transfers = BatchTests.Transfers(200, 20, 1);
        var builder = new BatchBuilder();
        var output = new ArrayBufferWriter<byte>(1 << 17);
        var header = new BatchHeader(World.ChainId, 0, default, 0, 0);
        AllocationAssert.None(() =>
        {
            builder.Clear();
            output.ResetWrittenCount();
            foreach (L2Transfer transfer in transfers) builder.TryAdd(transfer, BatchLimits.Default);
            builder.Write(output, header);
        });
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(output.WrittenMemory, BatchLimits.Default, out Batch? batch));
        ulong sum = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < batch!.Count; i++) sum += batch.GetTransfer(i).Amount;
        });
    }

    [Fact]
    public void Transition_OfAnInvalidTransfer_DoesNotAllocate()
    {
        var state = new RollupState();
        var effects = new EffectLog();
        var transition = new PaymentsTransition(World.ChainId, new HashVerifier());
        L2Transfer transfer = World.Transfer(new HashSigner(1), new HashSigner(2).Address, 1, 5);
        AllocationAssert.None(() => transition.Apply(transfer, true, default, state, effects));
    }
}
