// Spreads a file over an extended square, samples it as a light client would, loses half of it and repairs it.
// Usage: repair-a-square [FILE]. Without a file: 100,000 random bytes.
using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Squares;

const double confidence = 0.999;
const int cellSize = SquareParameters.DefaultCellSize;

if (args.Length > 1 || args is ["-h" or "--help"])
{
    Console.WriteLine("Usage: repair-a-square [FILE]");
    return args.Length > 1 ? 2 : 0;
}

byte[] data;
SquareParameters parameters;
try
{
    data = args.Length == 1 ? await File.ReadAllBytesAsync(args[0]) : RandomNumberGenerator.GetBytes(100_000);
    parameters = SquareParameters.ForPayload(data.Length, cellSize);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine($"Cannot use '{args[0]}': {e.Message}");
    return 2;
}

// The producer: encodes, and publishes the data root.
var watch = Stopwatch.StartNew();
ExtendedSquare square = ExtendedSquare.Encode(data, parameters);
byte[] trustedRoot = square.DataRoot.ToArray();
Console.WriteLine($"{data.Length:N0} bytes in {parameters.DataWidth} x {parameters.DataWidth} cells of {cellSize} bytes, "
    + $"extended to {parameters.Width} x {parameters.Width} in {watch.ElapsedMilliseconds} ms");
Console.WriteLine($"data root {Convert.ToHexStringLower(trustedRoot)}");

// The light client: knows the root, and takes a header from anyone.
var wire = new ArrayBufferWriter<byte>();
square.Header.WriteTo(wire);
if (SquareHeader.TryRead(wire.WrittenSpan, out SquareHeader? header) != ReadResult.Ok || !header!.DataRoot.SequenceEqual(trustedRoot))
    return Fail("The header is not that of the data root.");

var honest = new LocalShareSource(square);
var client = new LightClient(header, RandomNumberGenerator.GetBytes(Sampler.SeedSize));
SamplingResult sampled = await client.SampleAsync(honest, confidence);
if (!sampled.IsAvailable) return Fail($"Sample {sampled.Failure} failed.");
Console.WriteLine($"sampled {sampled.Accepted} of {parameters.CellCount} cells: available with a confidence of {sampled.Confidence:P4}");

// A source that withholds the fewest cells that make the square unrecoverable is caught, most of the time at once.
int k = parameters.DataWidth;
var withholding = new WithholdingShareSource(honest, cell => cell.Row <= k && cell.Column <= k);
SamplingResult caught = await new LightClient(header, RandomNumberGenerator.GetBytes(Sampler.SeedSize)).SampleAsync(withholding, confidence);
Console.WriteLine(caught.Failure is { } failure
    ? $"withholding caught at sample {failure.Accepted + 1}: cell {failure.Coordinate.Row}, {failure.Coordinate.Column} is {failure.Outcome}"
    : $"withholding not caught: 1 client in {1 / (1 - confidence):N0} is that unlucky");

// The repairer: has a random half of the cells, each checked against the header.
var cells = new CellCoordinate[parameters.CellCount];
for (int i = 0; i < cells.Length; i++) cells[i] = new CellCoordinate(i / parameters.Width, i % parameters.Width);
RandomNumberGenerator.Shuffle(cells.AsSpan());
var repair = new SquareRepair(header);
int taken = 0;
for (; taken < cells.Length / 2; taken++) Take(cells[taken]);
Console.WriteLine($"kept a random half: {repair.CellCount} cells; repairable: {(repair.CanRepair() ? "yes" : "no")}");
// Of very small squares a random half may not do; then a few more cells will.
while (!repair.CanRepair()) Take(cells[taken++]);
if (taken > cells.Length / 2) Console.WriteLine($"took {taken - cells.Length / 2} more");

watch.Restart();
RepairResult result = repair.Repair();
if (result.Status != RepairStatus.Repaired) return Fail($"Repair ended with {result.Status}.");
Console.WriteLine($"repaired {parameters.CellCount - taken} cells in {watch.ElapsedMilliseconds} ms, all {2 * parameters.Width} rows and columns verified");

var output = new ArrayBufferWriter<byte>();
if (result.Square!.TryReadPayload(output) != PayloadResult.Ok || !output.WrittenSpan.SequenceEqual(data))
    return Fail("The repaired data differ from the original.");
Console.WriteLine("the repaired data equal the original");
return 0;

void Take(CellCoordinate at)
{
    if (square.GetShare(at.Row, at.Column).TryCheck(header, out CheckedCell? cell) != CellCheck.Valid)
        throw new UnreachableException();
    repair.Add(cell!);
}

static int Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}
