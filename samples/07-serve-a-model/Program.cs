// One small ONNX model from its first byte to an audit: made on the spot, lowered to integers, stored in 24 places, published by name, run
// with signed receipts by somebody who has the name alone, caught when a result is forged, and repaired when a third of its pieces are gone.
// Usage: serve-a-model. Exit code 0: every result was verified, the forgery was refused, the lost pieces were missed and put back.
using System.Buffers;
using System.Diagnostics;
using System.Text;
using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Lowering;
using Prozchain.AI.Onnx;
using Prozchain.AI.Ports;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;
using Prozchain.AI.Vault;

// The model reads a display of seven segments. A hidden neuron for each digit says how well what is lit fits it; the rest is sharpening.
//     -0-
//    5   1
//     -6-
//    4   2
//     -3-
byte[] digits = [0b0111111, 0b0000110, 0b1011011, 0b1001111, 0b1100110, 0b1101101, 0b1111101, 0b0000111, 0b1111111, 0b1101111];
var random = new Random(7);
(float[] Segments, int Digit) Noisy()
{
    int digit = random.Next(10);
    return ([.. Enumerable.Range(0, 7).Select(s => (digits[digit] >> s & 1) + 0.6f * (random.NextSingle() - random.NextSingle()))], digit);
}

// Alice writes the model as ONNX has it, reads it back, and lowers it: from here on there are integers only, the same on every machine.
byte[] onnx = OnnxFile.Write(digits);
OnnxModelReading reading = await OnnxModel.ReadAsync(new MemoryStream(onnx));
Check(reading.Model is not null, $"an ONNX model, got {reading.Status} at {reading.ErrorOffset}");
var calibration = Enumerable.Range(0, 200).Select(_ => new Dictionary<string, OnnxTensor> { ["segments"] = OnnxTensor.Of(Noisy().Segments, 1, 7) });
LoweringResult lowered = OnnxLowering.Lower(reading.Model!, new LoweringOptions { Calibration = [.. calibration] });
Check(lowered.Graph is not null, $"an integer graph, got {lowered.Error}");
IntegerGraph graph = lowered.Graph!;
Console.WriteLine($"{onnx.Length} bytes of ONNX lowered to graph {Hex(graph.Digest)}: {string.Join(", ", graph.Nodes.Select(n => n.Kind))}");
foreach (OutputAccuracy near in lowered.Accuracy)
    Console.WriteLine($"accuracy of '{near.Name}' against floats: error {near.MeanError:F4} mean, {near.MaxError:F4} greatest; cosine {near.Cosine:F6}; same digit {near.ArgMaxAgreement:P1}");

// She stores it as 16 pieces and 8 of parity, one in each of 24 places, and publishes its name with the roots that all else is checked against.
InMemoryPieceStore[] places = [.. Enumerable.Range(0, 24).Select(_ => new InMemoryPieceStore())];
using var file = new MemoryStream();
await GraphFile.WriteAsync(file, graph);
file.Position = 0;
var vault = new ModelVault(places);
ModelManifest manifest = await vault.StoreAsync(file, "seven-segments");
var encoded = new ArrayBufferWriter<byte>();
manifest.Write(encoded);
Console.WriteLine($"{file.Length} bytes stored as {manifest.Geometry.StoredSize} in {manifest.Geometry.TotalPieces} pieces of {manifest.Geometry.StripeCount} stripe; manifest {encoded.WrittenCount} bytes; model root {Hex(manifest.ModelRoot)}");

var ledger = new InMemoryModelLedger();
var rules = new RegistryRules(MaxLeaseSlots: 1_000, ArchiveSlots: 1_000);
using var alice = new ModelRegistry(ledger, rules);
RegistryStatus published = await alice.SubmitAsync(RegistryOperation.Publish([.. Enumerable.Repeat((byte)1, 32)], new ModelPublication
{
    Name = "demo/seven-segments", Version = "1.0", ManifestId = manifest.Id, ModelRoot = manifest.ModelRoot, AuditRoot = manifest.AuditRoot, GraphDigest = graph.Digest,
    Size = manifest.Geometry.RawSize, Licence = "MIT", Quantisation = "int8", EngineVersion = (uint)IntegerGraph.EngineVersion, Lease = new ModelLease(StorageTier.Hot, End: 500, Rate: 20_000), Price = 3,
}));
Check(published == RegistryStatus.Ok, $"a publication, got {published}");

// Bob hosts models. He follows the ledger, is sent manifests by anybody, and trusts neither those nor the 24 places.
using var bob = new ModelRegistry(ledger, rules);
await bob.SyncAsync();
using var pool = new ComputePool(new ComputeCapacity(Memory: 256L << 20, Cores: 2));
using var key = new Ed25519ReceiptSigner([.. Enumerable.Repeat((byte)2, 32)]);
var log = new InMemoryReceiptLog();
using var service = new InferenceService(new InferenceServiceOptions
{
    Registry = bob, Pool = pool, Signer = key, Log = log,
    Open = async (version, token) => ModelManifest.TryRead(encoded.WrittenSpan, out ModelManifest? sent) == VaultFormatStatus.Ok && sent!.Id.Span.SequenceEqual(version.Publication.ManifestId.Span)
        ? await new ModelVault(places, ModelVaultOptions.For(sent)).OpenAsync(sent, token) : null,
});

// A thousand displays at once, by name.
(float[] Segments, int Digit)[] shown = [.. Enumerable.Range(0, 1_000).Select(_ => Noisy())];
ReadOnlyMemory<byte>[] inputs = [.. shown.Select(s => Quantise(s.Segments))];
long start = Stopwatch.GetTimestamp();
InferenceReply[] replies = await Task.WhenAll(inputs.Select(input => service.RunAsync(new InferenceCall { Model = "demo/seven-segments", Inputs = [input], Within = TimeSpan.FromMinutes(1) }).AsTask()));
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
Check(replies.All(r => r.Status == InferenceStatus.Done), $"answers, got {replies.FirstOrDefault(r => r.Status != InferenceStatus.Done)?.Reason}");
Console.WriteLine($"{replies[0].Version} by Bob: {replies.Length} requests at once in {seconds * 1000:F0} ms, the slowest {replies.Max(r => r.Outcome!.Value.Took).TotalMilliseconds:F0}, {replies.Zip(shown).Count(p => Read(p.First).Digit == p.Second.Digit)} digits right, {log.Count} receipts on the log. The first:");
Console.WriteLine($"{string.Join("\n", Drawing(shown[0].Segments))}\n    is a {Read(replies[0]).Digit}, with {Read(replies[0]).Sure:P1}");

// Carol checks receipts by running the requests again. Integers leave no tolerance: what differs was not computed.
using var engine = new InferenceEngine(graph);
var verifier = new ReexecutionVerifier(engine, manifest.ModelRoot.Span, new Ed25519ReceiptVerifier());
int held = replies.Zip(inputs).Count(p => verifier.Verify(p.First.Receipts[0], new InferenceRequest([p.Second])).IsAccepted);
InferenceStatement said = replies[0].Receipts[0].Statement, other = replies.First(r => Read(r).Digit != Read(replies[0]).Digit).Receipts[0].Statement;
InferenceReceipt forged = InferenceReceipt.Sign(new InferenceStatement(said.ModelRoot.Span, said.GraphDigest.Span, said.InputDigest.Span, other.OutputDigest.Span, said.EngineVersion), key);
InferenceVerdict verdict = verifier.Verify(forged, new InferenceRequest([inputs[0]]));
Check(held == replies.Length && !verdict.IsAccepted, "all receipts but the forged one to hold");
Console.WriteLine($"Carol runs {held} requests again: all receipts hold. A receipt of Bob's for another digit: {verdict.Status}");

// Eight places lose their pieces. An audit of one of them says so, the model is read all the same, and a repair puts all back.
for (int piece = 0; piece < 8; piece++) await places[manifest.StoreOf(0, piece)].DeleteAsync(manifest.KeyOf(0, piece), default);
int audited = manifest.StoreOf(0, 3);
var challenge = new AuditChallenge(beacon: [.. Enumerable.Repeat((byte)9, 32)], manifest.AuditRoot.Span, audited, samples: 30, openSlot: 100, windowSlots: 2);
AuditProof empty = await AuditProver.AnswerAsync(challenge, manifest, places[audited]);
VaultReport degraded = await vault.ReadAsync(manifest, Stream.Null), repaired = await vault.RepairAsync(manifest);
AuditProof answer = await AuditProver.AnswerAsync(challenge, manifest, places[audited]);
AuditStatus inTime = AuditAnswer.Check(challenge, manifest, answer.Answer.Span, receivedSlot: 101).Status, late = AuditAnswer.Check(challenge, manifest, answer.Answer.Span, receivedSlot: 102).Status;
Check(empty.Missing.Count == 30 && degraded.Status == VaultStatus.Degraded && repaired.PiecesRepaired == 8 && inTime == AuditStatus.Ok, "losses that are missed, survived and repaired");
Console.WriteLine($"8 of 24 pieces deleted. Place {audited}, audited: {empty.Missing.Count} of 30 samples missing. Read: {degraded.Status}, {degraded.BytesVerified} bytes verified. Repair: {repaired.PiecesRepaired} pieces put back");
Console.WriteLine($"the audit once more: {answer.Answer.Length} bytes of answer, in slot 101: {inTime}; in slot 102: {late}");

byte[] Quantise(float[] segments)
{
    var elements = new byte[graph.Inputs[0].Value.Bytes];
    graph.Inputs[0].Quantise(segments, elements);
    return elements;
}

(int Digit, float Sure) Read(InferenceReply reply)
{
    var chances = new float[10];
    graph.Outputs[0].Dequantise(reply.Outputs[0].Span, chances);
    return (Array.IndexOf(chances, chances.Max()), chances.Max());
}

static string[] Drawing(float[] s) => [$"     {Shade(s[0])}{Shade(s[0])}", $"    {Shade(s[5])}  {Shade(s[1])}", $"     {Shade(s[6])}{Shade(s[6])}", $"    {Shade(s[4])}  {Shade(s[2])}", $"     {Shade(s[3])}{Shade(s[3])}"];

static char Shade(float light) => " .:-=+*#"[(int)Math.Clamp(light * 8, 0, 7)];

static string Hex(ReadOnlyMemory<byte> digest) => Convert.ToHexStringLower(digest.Span[..8]);

static void Check(bool isHeld, string what) => _ = isHeld ? 0 : throw new InvalidOperationException($"Expected {what}.");

/// <summary>Writes the model field by field, as onnx.proto has it: Gemm, Relu, Gemm, Softmax.</summary>
internal static class OnnxFile
{
    public static byte[] Write(byte[] digits) => Message(Varint(1, 10), Field(8, Message(Field(1, ""), Varint(2, 21))), Field(7, Message(
        Field(1, Node("Gemm", "segments", "w1", "b1", "fit")), Field(1, Node("Relu", "fit", "hidden")), Field(1, Node("Gemm", "hidden", "w2", "score")), Field(1, Node("Softmax", "score", "chance")), Field(2, "seven-segments"),
        Field(5, Tensor("w1", [7, 10], [.. Enumerable.Range(0, 70).Select(i => (digits[i % 10] >> (i / 10) & 1) == 1 ? 1f : -1f)])),
        Field(5, Tensor("b1", [10], [.. digits.Select(d => 2f - byte.PopCount(d))])),
        Field(5, Tensor("w2", [10, 10], [.. Enumerable.Range(0, 100).Select(i => i % 11 == 0 ? 3f : -1f)])),
        Field(11, Value("segments", 7)), Field(12, Value("chance", 10)))));

    // The last name is the output.
    private static byte[] Node(string type, params string[] names) => Message([.. names[..^1].Select(n => Field(1, n)), Field(2, names[^1]), Field(4, type)]);
    private static byte[] Tensor(string name, int[] shape, float[] values) => Message([.. shape.Select(d => Varint(1, d)), Varint(2, 1), Field(8, name), Field(9, [.. values.SelectMany(BitConverter.GetBytes)])]);
    private static byte[] Value(string name, int length) => Message(Field(1, name), Field(2, Field(1, Message(Varint(1, 1), Field(2, Message(Field(1, Varint(1, 1)), Field(1, Varint(1, length))))))));
    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(f => f)];
    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));
    private static byte[] Field(int number, byte[] bytes) => [.. Varint(number, bytes.Length, type: 2), .. bytes];
    private static byte[] Varint(int number, int value, int type = 0) => value < 128 ? [(byte)(number << 3 | type), (byte)value] : [(byte)(number << 3 | type), (byte)(value | 128), .. Varint(0, value >> 7).Skip(1)];
}
