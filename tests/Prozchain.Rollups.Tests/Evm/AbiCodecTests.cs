using System.Numerics;
using Prozchain.Rollups.Evm;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The examples of Solidity's ABI specification, ranges, and hostile bytes.</summary>
public sealed class AbiCodecTests
{
    private static readonly AbiFunction s_f = new("f(uint256,uint32[],bytes10,bytes)"), s_g = new("g(uint256[][],string[])");

    [Fact]
    public void Encode_OfTheSpecificationsExamples_GivesTheirBytes()
    {
        Assert.Equal("cdcd77c0" + Word("45") + Word("1"), Hex(new AbiFunction("baz(uint32,bool)").Encode(69UL, true)));
        Assert.Equal("fce353f6" + Left("616263") + Left("646566"), Hex(new AbiFunction("bar(bytes3[2])").Encode(AbiValue.List(AbiValue.Fixed("abc"u8), AbiValue.Fixed("def"u8)))));
        Assert.Equal(
            "a5643bf2" + Word("60") + Word("1") + Word("a0") + Word("4") + Left("64617665") + Word("3") + Word("1") + Word("2") + Word("3"),
            Hex(new AbiFunction("sam(bytes,bool,uint256[])").Encode(AbiValue.Of("dave"), true, AbiValue.List(1UL, 2UL, 3UL))));
        Assert.Equal(
            "8be65246" + Word("123") + Word("80") + Left("31323334353637383930") + Word("e0") + Word("2") + Word("456") + Word("789") + Word("d") + Left("48656c6c6f2c20776f726c6421"),
            Hex(F()));
        Assert.Equal(
            "2289b18c" + Word("40") + Word("140") + Word("2") + Word("40") + Word("a0") + Word("2") + Word("1") + Word("2") + Word("1") + Word("3")
            + Word("3") + Word("60") + Word("a0") + Word("e0") + Word("3") + Left("6f6e65") + Word("3") + Left("74776f") + Word("5") + Left("7468726565"),
            Hex(G()));
    }

    [Fact]
    public void TryDecode_OfWhatEncodeWrote_GivesTheValues()
    {
        Assert.Equal(AbiReadResult.Ok, s_f.TryDecode(F(), out AbiValue f));
        Assert.Equal((0x123UL, 0x789UL, "Hello, world!"), (f[0].ToUInt64(), f[1][1].ToUInt64(), f[3].ToText()));
        Assert.Equal(AbiReadResult.Ok, s_g.TryDecode(G(), out AbiValue g));
        Assert.Equal(("three", 3UL), (g[1][2].ToText(), g[0][1][0].ToUInt64()));
        Assert.Equal(G(), s_g.Encode(g.Items));
        Assert.Equal(AbiReadResult.OtherSelector, s_f.TryDecode(G(), out _));
    }

    [Theory]
    [InlineData("uint8", "ff", true)]
    [InlineData("uint8", "100", false)]
    [InlineData("int8", "7f", true)]
    [InlineData("int8", "80", false)]
    [InlineData("bool", "1", true)]
    [InlineData("bool", "2", false)]
    [InlineData("address", "ffffffffffffffffffffffffffffffffffffffff", true)]
    [InlineData("address", "10000000000000000000000000000000000000000", false)]
    public void TryDecode_OfAWordAtTheEdgeOfItsRange_IsJudged(string type, string digits, bool isValid) =>
        Assert.Equal(isValid ? AbiReadResult.Ok : AbiReadResult.InvalidWord,
            AbiCodec.TryDecode(AbiType.Parse($"({type})"), Convert.FromHexString(Word(digits)), out _));

    [Fact]
    public void Integers_OfBothSigns_RoundTrip()
    {
        AbiType type = AbiType.Parse("(int256,int16,uint256)");
        BigInteger large = BigInteger.Pow(2, 256) - 1;
        byte[] bytes = AbiCodec.Encode(type, AbiValue.Of(-BigInteger.Pow(2, 255)), AbiValue.Of(-5), AbiValue.Of(large));
        Assert.Equal(AbiReadResult.Ok, AbiCodec.TryDecode(type, bytes, out AbiValue read));
        Assert.Equal((-BigInteger.Pow(2, 255), -5, large), (read[0].ToInteger(), read[1].ToInteger(), read[2].ToUInteger()));
        Assert.Throws<ArgumentException>(() => AbiCodec.Encode(AbiType.Parse("(int16)"), AbiValue.Of(40_000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => AbiValue.Of(large + 1));
        Assert.Throws<OverflowException>(() => read[2].ToUInt64());
    }

    [Theory]
    [InlineData("uint")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("bytes33")]
    [InlineData("bytes0")]
    [InlineData("uint08")]
    [InlineData("uint8[0]")]
    [InlineData("()[]")]
    [InlineData("(uint8")]
    [InlineData("(uint8,)")]
    [InlineData("uint8]")]
    [InlineData("fixed128x18")]
    [InlineData("((((((((((uint8))))))))))")]
    [InlineData("uint8[65535][65535]")]
    public void Parse_OfWhatIsNoType_IsRefused(string text) => Assert.Throws<ArgumentException>(() => AbiType.Parse(text));

    [Fact]
    public void TryDecode_OfOffsetsThatShareBytes_IsBoundedByTheLimit()
    {
        // Each level points twenty times at the next: 20^5 values from 3 kB.
        AbiType type = AbiType.Parse("(uint8[][][][][])");
        string level = Word("14") + string.Concat(Enumerable.Repeat(Word("280"), 20));
        string bytes = Word("20") + string.Concat(Enumerable.Repeat(level, 4)) + Word("1") + Word("0");
        Assert.Equal(AbiReadResult.LimitExceeded, AbiCodec.TryDecode(type, Convert.FromHexString(bytes), out _));
        Assert.Equal(AbiReadResult.OutOfBounds, AbiCodec.TryDecode(type, Convert.FromHexString(Word("20") + Word("ffffffff")), out _));
        Assert.Equal(AbiReadResult.TooShort, AbiCodec.TryDecode(AbiType.Parse("(uint8[60000])"), new byte[64], out _));
    }

    [Fact]
    public void TryDecode_OfHostileBytes_NeverThrowsAndReencodesToTheSameValues()
    {
        AbiFunction nested = new("h((uint64,bytes)[],bytes32[2],(string,address[])[2])");
        AbiValue pair = AbiValue.List(7UL, AbiValue.Of("seven")), group = AbiValue.List(AbiValue.Of("g"), AbiValue.List(new L1Address(new byte[20])));
        byte[] seed = nested.Encode(AbiValue.List(pair, pair), AbiValue.List(1UL, 2UL), AbiValue.List(group, group));
        HostileBytes.Feed([F(), G(), seed], bytes =>
        {
            foreach (AbiFunction function in (AbiFunction[])[s_f, s_g, nested])
            {
                if (function.TryDecode(bytes.ToArray(), out AbiValue values, 1000) != AbiReadResult.Ok) continue;
                byte[] again = function.Encode(values.Items);
                Assert.Equal(AbiReadResult.Ok, function.TryDecode(again, out AbiValue same));
                Assert.Equal(again, function.Encode(same.Items));
            }
        }, 20_000);
    }

    [Fact]
    public void Events_AndReverts_AreRead()
    {
        var transfer = new AbiEvent("Transfer(address indexed,address indexed,uint256)");
        Assert.Equal("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", transfer.Topic.ToString());
        var from = new Digest32(Convert.FromHexString(Word("1234")));
        Assert.Equal(AbiReadResult.Ok, transfer.TryDecode([transfer.Topic, from, from], Convert.FromHexString(Word("2a")), out AbiValue log));
        Assert.Equal(42UL, log[2].ToUInt64());
        Assert.Equal(AbiReadResult.TooShort, transfer.TryDecode([transfer.Topic, from], Convert.FromHexString(Word("2a")), out _));
        Assert.Equal(AbiReadResult.OtherSelector, transfer.TryDecode([from, from, from], default, out _));
        Assert.Equal(AbiReadResult.InvalidWord, transfer.TryDecode([transfer.Topic, transfer.Topic, from], Convert.FromHexString(Word("2a")), out _));
        Assert.Throws<ArgumentException>(() => new AbiEvent("E(bytes indexed)"));

        var custom = new AbiFunction("WrongBatch(uint64,bool)");
        Assert.Equal("08c379a0", Hex(new AbiFunction("Error(string)").Selector.ToArray()));
        Assert.Equal("too late", RevertReason.Describe(new AbiFunction("Error(string)").Encode(AbiValue.Of("too late"))));
        Assert.Equal("panic: arithmetic overflow", RevertReason.Describe(Convert.FromHexString("4e487b71" + Word("11"))));
        Assert.Equal("WrongBatch(5, true)", RevertReason.Describe(custom.Encode(5UL, true), custom));
        Assert.StartsWith("unknown error 0x", RevertReason.Describe(custom.Encode(5UL, true)), StringComparison.Ordinal);
        Assert.Equal("no reason", RevertReason.Describe(default));
        HostileBytes.Feed([new AbiFunction("Error(string)").Encode(AbiValue.Of("too late")), custom.Encode(5UL, true)],
            bytes => Assert.True(RevertReason.Describe(bytes.ToArray(), custom).Length < 1200), 5_000);
    }

    private static byte[] F() => s_f.Encode(0x123UL, AbiValue.List(0x456UL, 0x789UL), AbiValue.Fixed("1234567890"u8), AbiValue.Of("Hello, world!"));

    private static byte[] G() => s_g.Encode(
        AbiValue.List(AbiValue.List(1UL, 2UL), AbiValue.List(3UL)), AbiValue.List(AbiValue.Of("one"), AbiValue.Of("two"), AbiValue.Of("three")));

    private static string Word(string digits) => digits.PadLeft(64, '0');

    private static string Left(string digits) => digits.PadRight(64, '0');

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
