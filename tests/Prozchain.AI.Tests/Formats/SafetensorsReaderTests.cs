using Microsoft.Win32.SafeHandles;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Tests.Formats;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Find_TenThousandTensors_LooksThemUp()
    {
        byte[] file = SafetensorsFile.Tensors(10_000, 2);
        SafetensorsReader reader = (await SafetensorsReader.OpenAsync(new MemoryStream(file))).Reader!;
        // A search through all for each would compare fifty million names.
        for (int round = 0; round < 20; round++)
            foreach (TensorInfo tensor in reader.Tensors) Assert.Same(tensor, reader.Find(tensor.Name));
        Assert.Null(reader.Find("layer.10000"));
    }

    [Fact]
    public async Task ReadTensor_ByRangesFromAFile_GivesItsBytes()
    {
        byte[] file = SafetensorsFile.Tensors(10, 25);
        string path = Path.Combine(_directory.Path, "m.safetensors");
        await File.WriteAllBytesAsync(path, file);
        using SafeFileHandle handle = File.OpenHandle(path);
        SafetensorsOpening opening = await SafetensorsReader.OpenAsync(handle);
        Assert.Equal(SafetensorsStatus.Ok, opening.Status);
        using SafetensorsReader reader = opening.Reader!;
        Assert.Equal((ModelFormat.Safetensors, file.Length), (reader.Format, reader.Length));
        TensorInfo tensor = reader.Find("layer.4")!;
        Assert.Null(reader.Find("layer.10"));
        Assert.Equal((100L, 32), (tensor.Length, tensor.Type.BitSize()));
        for (int offset = 0; offset <= 100; offset += 10)
        {
            var bytes = new byte[30];
            int read = await reader.ReadTensorAsync(tensor, offset, bytes);
            Assert.Equal(Math.Min(30, 100 - offset), read);
            Assert.Equal(file.AsSpan((int)tensor.Offset + offset, read), bytes.AsSpan(0, read));
        }
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reader.ReadTensorAsync(tensor, 101, new byte[1]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reader.ReadAsync(file.Length + 1, new byte[1]));
    }

    [Fact]
    public async Task Open_StreamFromItsPosition_CountsFromThere()
    {
        byte[] file = SafetensorsFile.Tensors(2, 3);
        var stream = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        SafetensorsReader reader = (await SafetensorsReader.OpenAsync(stream)).Reader!;
        var whole = new byte[file.Length + 5];
        Assert.Equal(file.Length, await reader.ReadAsync(0, whole));
        Assert.Equal(file, whole[..file.Length]);
    }

    [Fact]
    public async Task Read_StreamMovedByItsOwner_StillGivesTheFile()
    {
        byte[] file = SafetensorsFile.Tensors(2, 3);
        var stream = new MemoryStream(file);
        SafetensorsReader reader = (await SafetensorsReader.OpenAsync(stream)).Reader!;
        var bytes = new byte[4];
        await reader.ReadAsync(8, bytes);
        stream.Position = 0;
        Assert.Equal(4, await reader.ReadAsync(12, bytes));
        Assert.Equal(file[12..16], bytes);
    }

    [Fact]
    public async Task Open_NotSafetensors_SaysWhere()
    {
        SafetensorsOpening opening = await SafetensorsReader.OpenAsync(new MemoryStream(SafetensorsFile.Make("""{"a":{"dtype":"F99"}}""", 0)));
        Assert.Equal(SafetensorsStatus.UnknownType, opening.Status);
        Assert.Null(opening.Reader);
        Assert.Equal(8 + """{"a":{"dtype":"F99" """.Length - 1, opening.ErrorOffset);
    }

    [Theory]
    [InlineData("0,8", "16,24", 24, SafetensorsStatus.InvalidOffsets, 8)] // a hole
    [InlineData("0,8", "4,12", 12, SafetensorsStatus.InvalidOffsets, 4)] // an overlap
    [InlineData("8,16", "16,24", 24, SafetensorsStatus.InvalidOffsets, 0)] // not from the start
    [InlineData("0,8", "4611686018427387896,4611686018427387904", 16, SafetensorsStatus.InvalidOffsets, 8)]
    [InlineData("0,8", "8,16", 15, SafetensorsStatus.DataTruncated, 15)]
    [InlineData("0,8", "8,16", 0, SafetensorsStatus.DataTruncated, 0)]
    [InlineData("0,8", "8,16", 17, SafetensorsStatus.TrailingBytes, 16)]
    public async Task Open_TensorsThatDoNotCoverTheData_SaysFromWhereOn(string first, string second, int data, SafetensorsStatus status, int offset)
    {
        byte[] header = System.Text.Encoding.UTF8.GetBytes(
            $"{{\"b\":{{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[{second}]}},\"a\":{{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[{first}]}}}}");
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[data]];
        SafetensorsOpening opening = await SafetensorsReader.OpenAsync(new MemoryStream(file));
        Assert.Equal((status, 8L + header.Length + offset), (opening.Status, opening.ErrorOffset));
        opening = await SafetensorsReader.OpenAsync(new MemoryStream(file[..5]));
        Assert.Equal((SafetensorsStatus.TooShort, 0L), (opening.Status, opening.ErrorOffset));
        opening = await SafetensorsReader.OpenAsync(new MemoryStream(file[..40]));
        Assert.Equal(SafetensorsStatus.HeaderTruncated, opening.Status);
    }
}
