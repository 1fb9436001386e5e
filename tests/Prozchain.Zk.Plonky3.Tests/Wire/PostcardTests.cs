using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using F4 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;

namespace Prozchain.Zk.Plonky3.Tests.Wire;

public sealed class PostcardTests
{
    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(127UL, "7f")]
    [InlineData(128UL, "8001")]
    [InlineData(16384UL, "808001")]
    [InlineData(ulong.MaxValue, "ffffffffffffffffff01")]
    public void Varint_Value_IsWrittenAndRead(ulong value, string hex)
    {
        var bytes = new ArrayBufferWriter<byte>();
        new PostcardWriter(bytes).Varint(value);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.WrittenSpan));
        var reader = new PostcardReader(bytes.WrittenSpan);
        Assert.Equal(value, reader.Varint());
        reader.Finish();
        Assert.Equal(Plonky3Result.Valid, reader.Result);
    }

    [Theory]
    [InlineData("8000", Plonky3Result.NonMinimalInteger)]
    [InlineData("ff8000", Plonky3Result.NonMinimalInteger)]
    [InlineData("ffffffffffffffffff02", Plonky3Result.NonMinimalInteger)]
    [InlineData("ffffffffffffffffff8101", Plonky3Result.NonMinimalInteger)]
    [InlineData("", Plonky3Result.Truncated)]
    [InlineData("ff", Plonky3Result.Truncated)]
    [InlineData("0000", Plonky3Result.TrailingBytes)]
    public void Varint_OtherBytes_AreRefused(string hex, Plonky3Result expected)
    {
        var reader = new PostcardReader(Convert.FromHexString(hex));
        reader.Varint();
        reader.Finish();
        Assert.Equal(expected, reader.Result);
    }

    [Fact]
    public void Word_OfAnElement_IsItsMontgomeryForm()
    {
        F shift = F.FromUInt64(1UL << 32);
        foreach (uint value in (uint[])[0, 1, 2, 0x1234567, F.Modulus - 1])
        {
            F element = F.FromUInt32(value);
            Assert.Equal((element * shift).ToUInt32(), FieldWord<F>.Of(element));
            Assert.True(FieldWord<F>.TryDecode(FieldWord<F>.Of(element), out F decoded));
            Assert.Equal(element, decoded);
            Assert.Equal(value, FieldWord<F>.ToInteger(element));
        }
        Assert.False(FieldWord<F>.TryDecode(F.Modulus, out _));
        Assert.False(FieldWord<F>.TryDecode(uint.MaxValue, out _));
        Assert.Equal(5u, FieldWord<Mersenne31>.Of(Mersenne31.FromUInt32(5)));
    }

    [Fact]
    public void Reader_AfterAFailure_ReadsNothingMore()
    {
        var reader = new PostcardReader([2, 1, 1, 1, 1, 1, 1, 1, 1]);
        Assert.False(reader.Option(true));
        Assert.Equal(0, reader.Length(1));
        Assert.Equal(F.Zero, reader.Field<F>());
        Assert.Empty(reader.Extensions<F, F4>(3));
        reader.Fail(Plonky3Result.TrailingBytes);
        Assert.Equal(Plonky3Result.WrongShape, reader.Result);
    }

    [Fact]
    public void Reader_LengthBeyondTheBytes_AllocatesNothing()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0];
        Read(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Plonky3Result result = Read(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
        Assert.Equal(Plonky3Result.Truncated, result);

        static Plonky3Result Read(byte[] bytes)
        {
            var reader = new PostcardReader(bytes);
            reader.Fields<F>((1 << 28) - 1);
            return reader.Result;
        }
    }
}
