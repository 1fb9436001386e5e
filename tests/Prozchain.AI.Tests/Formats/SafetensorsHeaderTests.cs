using System.Text;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class SafetensorsHeaderTests
{
    public static TheoryData<string, int, SafetensorsStatus> Headers => new()
    {
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.Ok },
        { """{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1, SafetensorsStatus.Ok },
        { """{"b":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, SafetensorsStatus.Ok },
        { """{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}""", 2, SafetensorsStatus.Ok },
        { """{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}""", 3, SafetensorsStatus.Ok },
        { """{"a":{"dtype":"\u0055\u0038","shape":[1],"data_offsets":[0,1]}}""", 1, SafetensorsStatus.Ok },
        { """{"a":{"note":{"deep":[1,{"x":null}]},"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.Ok },
        { """{"__metadata__":{"k":"v"}}""", 0, SafetensorsStatus.Ok },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4, SafetensorsStatus.DuplicateName },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\u0061":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4, SafetensorsStatus.DuplicateName },
        { """{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.DuplicateName },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, SafetensorsStatus.DuplicateName },
        { """{"__metadata__":{"k":"v","k":"w"}}""", 0, SafetensorsStatus.DuplicateName },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, SafetensorsStatus.InvalidOffsets },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}""", 5, SafetensorsStatus.InvalidOffsets },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 5, SafetensorsStatus.TrailingBytes },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 3, SafetensorsStatus.DataTruncated },
        { """{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.ShapeOverflow },
        { """{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.InvalidNumber },
        { """{"a":{"dtype":"U8","shape":[1e2],"data_offsets":[0,100]}}""", 100, SafetensorsStatus.InvalidNumber },
        { """{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}""", 0, SafetensorsStatus.InvalidNumber },
        { """{"a":{"dtype":"F6_E3M2","shape":[3],"data_offsets":[0,2]}}""", 2, SafetensorsStatus.PartialByte },
        { """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.SizeMismatch },
        { """{"a":{"dtype":"U9","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.UnknownType },
        { """{"a":{"shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.MissingField },
        { """{"a":{"dtype":"U8","shape":"4","data_offsets":[0,4]}}""", 4, SafetensorsStatus.UnexpectedValue },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}""", 4, SafetensorsStatus.UnexpectedValue },
        { """{"a":[]}""", 0, SafetensorsStatus.UnexpectedValue },
        { """[]""", 0, SafetensorsStatus.UnexpectedValue },
        { """{"\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.InvalidText },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},}""", 4, SafetensorsStatus.InvalidJson },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}x""", 4, SafetensorsStatus.InvalidJson },
        { """{"a":{"dtype":"U8","shape":[04],"data_offsets":[0,4]}}""", 4, SafetensorsStatus.InvalidJson },
        { """ """, 0, SafetensorsStatus.InvalidJson },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void TryRead_Header_GivesItsStatus(string header, int dataLength, SafetensorsStatus expected)
    {
        byte[] file = SafetensorsFile.Make(header, dataLength);
        Assert.Equal(expected, SafetensorsHeader.TryRead(file, out SafetensorsHeader? read, out long offset));
        Assert.Equal(expected == SafetensorsStatus.Ok, read is not null);
        Assert.InRange(offset, 8, file.Length);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Feed_ByteByByte_EqualsWhole(string header, int dataLength, SafetensorsStatus expected)
    {
        byte[] file = SafetensorsFile.Make(header, dataLength);
        var parser = new SafetensorsParser(keepMetadata: true);
        foreach (byte b in file) parser.Feed([b]);
        Assert.Equal(expected, parser.Complete(file.Length, out _));
    }

    [Theory]
    [InlineData(0, SafetensorsStatus.Ok)]
    [InlineData(1_000_000, SafetensorsStatus.Ok)]
    [InlineData(5_000_000, SafetensorsStatus.LimitExceeded)]
    public void TryRead_SpacesBehindAName_BoundedByTheTokenLimit(int padding, SafetensorsStatus expected)
    {
        byte[] file = SafetensorsFile.Make("{\"a\"" + new string(' ', padding) + ":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}" + new string(' ', 5_000_000), 1);
        Assert.Equal(expected, SafetensorsHeader.TryRead(file, out _));
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Complete_WithoutMetadata_JudgesAlike(string header, int dataLength, SafetensorsStatus expected)
    {
        byte[] file = SafetensorsFile.Make(header, dataLength);
        var parser = new SafetensorsParser(keepMetadata: false);
        parser.Feed(file);
        Assert.Equal(expected, parser.Complete(file.Length, out _));
    }

    [Fact]
    public void TryRead_MoreMetadataThanTensorsAllowed_IsRefused()
    {
        string header = "{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, 262_145).Select(i => $"\"{i}\":\"\"")) + "}}";
        Assert.Equal(SafetensorsStatus.LimitExceeded, SafetensorsHeader.TryRead(SafetensorsFile.Make(header, 0), out _));
    }

    [Fact]
    public void TryRead_NoUtf8_GivesInvalidText()
    {
        byte[] file = SafetensorsFile.Make([.. "{\"a"u8, 0xC3, 0x28, .. "\":{}}"u8], 0);
        Assert.Equal(SafetensorsStatus.InvalidText, SafetensorsHeader.TryRead(file, out _));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void TryRead_HeaderLongerThanTheWindow_IsReadInPieces(int tensors)
    {
        byte[] file = SafetensorsFile.Tensors(tensors, 1);
        Assert.Equal(SafetensorsStatus.Ok, SafetensorsHeader.TryRead(file, out SafetensorsHeader? header));
        Assert.Equal(tensors, header!.Tensors.Count);
        Assert.Equal("pt", header.Metadata["format"]);
        Assert.Equal(file.Length, header.Tensors[^1].Offset + header.Tensors[^1].Length);
        Assert.Equal($"layer.{tensors - 1}", header.Tensors[^1].Name);
    }

    [Theory]
    [InlineData(100_000, SafetensorsStatus.Ok)]
    [InlineData(5_000_000, SafetensorsStatus.LimitExceeded)]
    public void TryRead_LongMetadataText_BoundedByTheTokenLimit(int length, SafetensorsStatus expected)
    {
        byte[] file = SafetensorsFile.Make($"{{\"__metadata__\":{{\"k\":\"{new string('x', length)}\"}}}}", 0);
        Assert.Equal(expected, SafetensorsHeader.TryRead(file, out _));
    }

    [Fact]
    public void TryRead_DeclaredHundredMegabytes_TakesNoMemoryForThem()
    {
        byte[] file = [.. BitConverter.GetBytes(100_000_000UL), .. "{\"a\":"u8];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(SafetensorsStatus.HeaderTruncated, SafetensorsHeader.TryRead(file, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(SafetensorsStatus.HeaderTooLarge, SafetensorsHeader.TryRead([.. BitConverter.GetBytes(100_000_001UL), .. "{}"u8], out _));
    }

    [Fact]
    public void TryRead_LongName_RefusedAboveTheLimit()
    {
        string Header(int length) => $"{{\"{new string('n', length)}\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}}}";
        Assert.Equal(SafetensorsStatus.Ok, SafetensorsHeader.TryRead(SafetensorsFile.Make(Header(4_096), 1), out _));
        Assert.Equal(SafetensorsStatus.LimitExceeded, SafetensorsHeader.TryRead(SafetensorsFile.Make(Header(4_097), 1), out _));
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndStaysInside()
    {
        byte[][] seeds =
        [
            SafetensorsFile.Tensors(3, 2),
            SafetensorsFile.Make(Encoding.UTF8.GetBytes("""{"ключ\n":{"dtype":"BF16","shape":[2,1],"data_offsets":[0,4]},"__metadata__":{"a":"\u00e9"}}"""), 4),
            SafetensorsFile.Make("{}", 0),
        ];
        int accepted = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            if (SafetensorsHeader.TryRead(bytes, out SafetensorsHeader? header) != SafetensorsStatus.Ok) return;
            accepted++;
            long end = header!.DataOffset;
            foreach (TensorInfo tensor in header.Tensors)
            {
                Assert.Equal(end, tensor.Offset);
                end += tensor.Length;
            }
            Assert.Equal(bytes.Length, end);
        });
        Assert.InRange(accepted, 1, 60_000);
    }
}
