// A file becomes an extended square. A light client that knows 32 bytes of it samples it over a connection, catches a withholder, and is
// shown a badly encoded square by someone who repaired it. Then half of the square is lost and repaired.
// Usage: repair-a-square [FILE]. Without a file: 100,000 random bytes.
using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Squares;
using ReadResult = Prozchain.DataAvailability.ReadResult;

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
ExtendedSquare square = ExtendedSquare.Encode(data, parameters, threads: Environment.ProcessorCount);
byte[] trustedRoot = square.DataRoot.ToArray();
Console.WriteLine($"{data.Length:N0} bytes in {parameters.DataWidth} x {parameters.DataWidth} cells of {cellSize} bytes, "
    + $"extended to {parameters.Width} x {parameters.Width} with all roots in {watch.Elapsed.TotalMilliseconds:F1} ms");
Console.WriteLine($"data root {Convert.ToHexStringLower(trustedRoot)}");

// A full node serves it; over a socket the pipes would be those of its stream.
var store = new LocalShareSource(square);
var server = new SampleServer(store, store);
(IDuplexPipe atServer, IDuplexPipe atClient) = Connection.Pair();
Task<ConnectionEnd> serving = server.ServeAsync(atServer);
await using var remote = new RemoteShareSource(atClient);

// The light client: knows the data root, takes the header from anyone, and samples until it is sure enough.
if ((await new HeaderSearch(cellSize).FindAsync([remote], trustedRoot)).Header is not { } header) return Fail("Nobody has the header.");
Console.Write("confidence by sample, %:");
var client = new LightClient(header, RandomNumberGenerator.GetBytes(Sampler.SeedSize)) { MaxInFlight = 1 };
SamplingResult sampled = await client.SampleAsync(remote, confidence, new EachSample(report => Console.Write($" {100 * report.Confidence:F1}")));
Console.WriteLine();
if (!sampled.IsAvailable) return Fail($"Sample {sampled.Failure} failed.");
Console.WriteLine($"sampled {sampled.Accepted} of {parameters.CellCount} cells: available with a confidence of {sampled.Confidence:P4}");

// A source that withholds the fewest cells that make the square unrecoverable is caught, most of the time at once.
int k = parameters.DataWidth;
var withholding = new WithholdingShareSource(store, cell => cell.Row <= k && cell.Column <= k);
SamplingResult caught = await new LightClient(header, RandomNumberGenerator.GetBytes(Sampler.SeedSize)).SampleAsync(withholding, confidence);
Console.WriteLine(caught.Failure is { } failure
    ? $"withholding caught after {failure.Accepted} samples: cell {failure.Coordinate.Row}, {failure.Coordinate.Column} is {failure.Outcome}"
    : $"withholding not caught: 1 client in {1 / (1 - confidence):N0} is that unlucky");

// The repairer: has a random half of the cells, each checked against the header. Of very small squares it may take some more.
CellCoordinate[] cells = [.. Enumerable.Range(0, parameters.CellCount).Select(i => new CellCoordinate(i / parameters.Width, i % parameters.Width))];
RandomNumberGenerator.Shuffle(cells.AsSpan());
var prover = new SquareProver(square);
var repair = new SquareRepair(header);
foreach (CellCoordinate cell in cells)
{
    if (repair.CellCount >= cells.Length / 2 && repair.CanRepair()) break;
    repair.Add(Checked(prover, header, cell));
}
watch.Restart();
RepairResult result = repair.Repair(threads: Environment.ProcessorCount);
if (result.Status != RepairStatus.Repaired) return Fail($"Repair ended with {result.Status}.");
Console.WriteLine($"repaired {cells.Length - repair.CellCount} of {cells.Length} cells in {watch.Elapsed.TotalMilliseconds:F1} ms, all {2 * parameters.Width} rows and columns verified");
var output = new ArrayBufferWriter<byte>();
if (result.Square!.TryReadPayload(output) != PayloadResult.Ok || !output.WrittenSpan.SequenceEqual(data))
    return Fail("The repaired data differ from the original.");
Console.WriteLine("the repaired data equal the original");

// A dishonest producer: commits to a square with one wrong cell. Every sample passes, until someone repairs it and proves what is wrong.
byte[] wrong = square.Cells.ToArray();
wrong[^1] ^= 1;
byte[] roots = new byte[2 * parameters.Width * parameters.Tree.RootSize];
parameters.Tree.ComputeRoots(wrong, parameters.Width, roots);
var bytes = new ArrayBufferWriter<byte>();
square.Header.WriteTo(bytes);
byte[] forged = [.. bytes.WrittenSpan[..^roots.Length], .. roots];
if (SquareHeader.TryRead(forged, out SquareHeader? bad) != ReadResult.Ok) return Fail("The forged header cannot be read.");
var finder = new SquareRepair(bad!);
foreach (CellCoordinate cell in cells)
{
    // Cells of the last row and column would need the forger's paths; the others are proven as before, on the axis that he left alone.
    if (cell.Row == parameters.Width - 1) continue;
    finder.Add(Checked(prover, bad!, cell));
}
if (finder.Repair().BadEncoding is not { } evidence) return Fail("The bad encoding was not found.");
bytes = new ArrayBufferWriter<byte>();
evidence.WriteTo(bytes);
BadEncodingProof.TryRead(bytes.WrittenSpan, bad!.Parameters, out BadEncodingProof? proof);
Console.WriteLine($"bad encoding of {evidence.Line.Axis} {evidence.Line.Index}: {bytes.WrittenCount:N0} bytes of proof, which a light client finds {proof?.Verify(bad)}; of the honest square it finds {proof?.Verify(header)}");
await remote.DisposeAsync();
await serving;
return proof?.Verify(bad) == BadEncodingCheck.Proven ? 0 : 1;

static CheckedCell Checked(SquareProver prover, SquareHeader header, CellCoordinate at) =>
    prover.GetShare(at.Row, at.Column).TryCheck(header, out CheckedCell? cell) == CellCheck.Valid ? cell! : throw new UnreachableException();

static int Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}

file sealed class EachSample(Action<SampleReport> show) : IProgress<SampleReport>
{
    public void Report(SampleReport value) => show(value);
}

file sealed class Connection(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    public static (IDuplexPipe, IDuplexPipe) Pair()
    {
        Pipe there = new(), back = new();
        return (new Connection(there.Reader, back.Writer), new Connection(back.Reader, there.Writer));
    }
}
