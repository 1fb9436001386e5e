using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Pieces and windows of every size, down to windows of sixteen rows, with periods, preprocessed columns and lookups.</summary>
[Collection(nameof(DeviceTests))]
public sealed class PiecesTests
{
    [Theory]
    [InlineData(false, 2, 7, 1, false)]
    [InlineData(false, 7, 5, 2, true)]
    [InlineData(true, 6, 7, 1, true)]
    [InlineData(true, 7, 6, 1, false)]
    public void OfKoalaBears(bool hiding, int ring, int pairs, int logBlowup, bool isWritten) =>
        Check(new RingCase<F>(4, StarkHash.Keccak256, hiding, ring, pairs, logBlowup), Math.Max(ring, pairs), isWritten);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfBabyBears(bool hiding) => Check(new RingCase<Field31<BabyBear>>(4, StarkHash.Poseidon2, hiding, 6, 7, 1), 7, isWritten: hiding);

    private static void Check<TField>(RingCase<TField> statement, int logRows, bool isWritten) where TField : unmanaged, ITwoAdicField<TField>
    {
        byte[] expected = Prove(new());
        foreach (int logPieces in (int[])[0, 1, 2, 5])
        {
            using (CudaDevice device = TestDevice.Open())
            {
                // Of a column when hiding, or of a few.
                PlannedBackend backend = new(device, new(IsResident: false, logPieces, 8L << logRows << (logPieces == 5 ? 0 : 1)));
                if (isWritten) device.LeastTapeWork = 0;
                Assert.True(expected.AsSpan().SequenceEqual(Prove(new() { Backend = backend })), $"2^{logPieces} windows");
                if (!TestDevice.IsReal) Assert.InRange(EmulatedDriver.Count(3), backend.Bytes / 3, backend.Bytes);
            }
            if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
        }

        byte[] Prove(StarkProverOptions options) => statement.Prove(options with { Randomness = new SeededGenerator(3) }).Messages.ToArray();
    }
}
