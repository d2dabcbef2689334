#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the golden tensors of TestGoldenTensors with PyTorch in float64, stored as float32.

    python golden.py src/test/resources/org/hopespark/model

golden-<architecture>.safetensors.gz  a small HOPE, Hope-Attention and Transformer++: parameters, one batch with activations, losses
                                     and every gradient, ten steps of training

Written from the equations of docs/hope.md, token by token. What the engine derives by hand is left to PyTorch here: the
gradient of a memory's loss is autograd's, the exact delta step of W1 is the solution of its normal equations (Eq. 56), the
outer gradient is autograd's through all of it, and the update rule is torch.optim.AdamW.
Shapes: B sequences, T tokens, D stream, H heads, d head, h hidden of a memory.
"""

import gzip
import math
import platform
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch.func import grad

SEED = 20261121
MEMORIES = ("k", "v", "eta", "alpha", "memory")
B, T, STEPS, WARMUP = 2, 11, 10, 3
V, D, H, LAYERS = 257, 16, 2, 2
MEMORY = dict(chunk=4, projection_chunk=3, hidden_ratio=1.5, convolution=4, eta_max=3.0, eta_bias=-0.5, w2_rate=0.2, alpha_min=0.4, alpha_bias=1.5)
LEVELS = [dict(name="fast", period=1, hidden_ratio=0.75), dict(name="mid", period=2, hidden_ratio=0.5), dict(name="slow", period=4, hidden_ratio=0.625)]
ARCHITECTURES = {
    "hope": dict(memory=MEMORY, levels=LEVELS),
    "hope-attention": dict(attention=dict(convolution=3, rope_base=100.0), levels=LEVELS),
    "transformer": dict(attention=dict(convolution=0, rope_base=10000.0), levels=[dict(name="mlp", period=1, hidden_ratio=1.25)]),
}
OPTIMIZER = dict(learning_rate=0.01, final_ratio=0.1, beta1=0.9, beta2=0.95, epsilon=1e-8, weight_decay=0.1, clip_norm=0.4)
d, h = D // H, round(D // H * MEMORY["hidden_ratio"])


def configuration(name, architecture):
    """The same numbers as YAML: the test reads its configuration from the file."""
    def pairs(values):
        return "{ " + ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in values.items()) + " }"
    return "\n".join([
        f"seed: {SEED}",
        "model:",
        f"  architecture: {name}",
        f"  vocab-size: {V}",
        f"  dim: {D}",
        f"  layers: {LAYERS}",
        f"  heads: {H}",
        *[f"  {layer}: {pairs(architecture[layer])}" for layer in ("memory", "attention") if layer in architecture],
        "  core: { period: 1 }",
        "  cms:",
        *[f"    - {pairs(level)}" for level in architecture["levels"]],
        f"training: {{ sequence-length: {T}, batch-size: {B}, steps: {STEPS}, warmup-steps: {WARMUP}, virtual-shards: 1 }}",
        f"optimizer: {pairs(OPTIMIZER)}",
        "sync: { workers: 1 }",
        ""])


def parameters(architecture, generator):
    """Every tensor away from its special start, in float32 so that both sides begin with the same bits."""
    def uniform(reach, *shape, middle=0.0):
        values = middle + reach * (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1)
        return values.float().double().requires_grad_()
    p = {"embedding.weight": uniform(0.3, V, D)}
    for block in range(LAYERS):
        attends = "attention" in architecture
        layer = f"blocks.{block}.{'attention' if attends else 'titans'}."
        window = architecture["attention" if attends else "memory"]["convolution"]
        p[layer + "norm.weight"] = uniform(0.3, D, middle=1.0)
        if window:
            p[layer + "convolution.weight"] = uniform(0.7, D, window)
        for name in ("q", "k", "v") if attends else ("q", "x", "k", "v", "gate"):
            p[layer + f"inputs.{name}.weight"] = uniform(0.5, D, D)
        if not attends:
            for name in MEMORIES:
                p[layer + f"memories.{name}.w1"] = uniform(0.4, H, d, h)
                p[layer + f"memories.{name}.w2"] = uniform(0.6, H, h, d)
            p[layer + "output-norm.weight"] = uniform(0.3, d, middle=1.0)
        p[layer + "output.weight"] = uniform(0.3, D, D)
        for level in architecture["levels"]:
            cms, hidden = f"blocks.{block}.cms.{level['name']}.", round(D * level["hidden_ratio"])
            p[cms + "norm.weight"] = uniform(0.3, D, middle=1.0)
            p[cms + "up.weight"] = uniform(0.4, 2 * hidden, D)
            p[cms + "down.weight"] = uniform(0.4, D, hidden)
    p["norm.weight"] = uniform(0.3, D, middle=1.0)
    return p


def norm(x, gain):
    return F.rms_norm(x, (x.shape[-1],), gain, eps=1e-6)


def unit(x):
    return F.normalize(x, dim=-1, eps=1e-6)


def read(w1, w2, z):
    """M(z) = z + W1 gelu(W2 z) for every sequence and head (Eq. 89, 91); z is B x H x d."""
    return z + torch.einsum("bhij,bhj->bhi", w1, F.gelu(torch.einsum("bhji,bhi->bhj", w2, z), approximate="tanh"))


def surprise(w2, w1, k, target):
    """The memory's own loss |M(k) - vhat|^2, summed over sequences and heads, which do not share weights (Eq. 88)."""
    return (read(w1, w2, k) - target).pow(2).sum()


def delta_step(w1, s, target, eta):
    """argmin over W of |W s - target|^2 + |W - W1|^2 / (2 eta), minus W1 (Eq. 56), from its normal equations."""
    rate = 2 * eta[..., None, None]
    left = torch.eye(s.shape[-1], dtype=s.dtype) + rate * s[..., :, None] * s[..., None, :]
    right = w1 + rate * target[..., :, None] * s[..., None, :]
    return torch.linalg.solve(left, right, left=False) - w1


def memories(p, prefix, inputs, keep):
    """Eq. 86 to 88 over the tokens, gradients at the chunk start (Eq. 90); inputs and result are B x T x H x d."""
    state = {m: tuple(p[f"{prefix}memories.{m}.{w}"].expand(B, -1, -1, -1) for w in ("w1", "w2")) for m in MEMORIES}
    start, q_all = dict(state), unit(inputs["q"])
    kept = {name: [] for name in ("k", "v", "eta", "alpha", "out")}
    for t in range(T):
        for m in MEMORIES:
            if t % MEMORY["chunk" if m == "memory" else "projection_chunk"] == 0:
                start[m] = state[m]
        x = inputs["x"][:, t]
        k = unit(read(*start["k"], inputs["k"][:, t]))
        v = unit(read(*start["v"], inputs["v"][:, t]))
        eta = MEMORY["eta_max"] * torch.sigmoid(read(*start["eta"], x).mean(-1) + MEMORY["eta_bias"])
        alpha = torch.sigmoid(read(*start["alpha"], x).mean(-1) + MEMORY["alpha_bias"])
        alpha = MEMORY["alpha_min"] + (1 - MEMORY["alpha_min"]) * alpha
        for name, value in zip(kept, (k, v, eta, alpha, read(*state["memory"], q_all[:, t]))):
            kept[name].append(value)
        for m in MEMORIES:
            vhat = unit(read(*start[m], v))
            s = F.gelu(torch.einsum("bhji,bhi->bhj", start[m][1], k), approximate="tanh")
            w1, w2 = state[m]
            gradient = grad(surprise)(start[m][1], start[m][0], k, vhat)
            forget = torch.einsum("bhji,bhi,bhl->bhjl", w2, k, k)
            keep_rate, w2_rate = alpha[..., None, None], MEMORY["w2_rate"] * eta[..., None, None]
            state[m] = (keep_rate * w1 + delta_step(w1, s, vhat - k, eta), keep_rate * w2 - w2_rate * (forget + gradient))
    kept = {name: torch.stack(values, 1) for name, values in kept.items()}
    keep("q", q_all.transpose(1, 2))
    for name in ("k", "v", "eta", "alpha"):
        keep(name, kept[name].transpose(1, 2))
    keep("memory-output", kept["out"].reshape(B * T, D))
    return kept["out"]


def mixed(p, prefix, x, keep):
    """The normed stream, through the causal depthwise convolution where there is one."""
    u, taps = norm(x, p[prefix + "norm.weight"]), p.get(prefix + "convolution.weight")
    if taps is not None:
        padded = F.pad(u.transpose(1, 2), (taps.shape[1] - 1, 0))
        u = F.conv1d(padded, taps[:, None], groups=D).transpose(1, 2)
        keep("convolution", u.reshape(B * T, D))
    return u


def linear_inputs(p, prefix, u, names):
    return {name: F.linear(u, p[f"{prefix}inputs.{name}.weight"]).view(B, T, H, d) for name in names}


def rotated(x, base):
    """Columns i and i + d/2 as a complex number times exp(i t base^(-2i/d)); x is B x H x T x d."""
    angle = torch.arange(T)[:, None] * base ** (-2 * torch.arange(d // 2, dtype=x.dtype) / d)
    turned = torch.complex(x[..., :d // 2], x[..., d // 2:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1)


def attention(p, prefix, x, keep, base):
    inputs = linear_inputs(p, prefix, mixed(p, prefix, x, keep), ("q", "k", "v"))
    q, k, v = (inputs[name].transpose(1, 2) for name in ("q", "k", "v"))
    y = F.scaled_dot_product_attention(rotated(q, base), rotated(k, base), v, is_causal=True)
    y = y.transpose(1, 2).reshape(B, T, D)
    keep("attended", y.reshape(B * T, D))
    return F.linear(y, p[prefix + "output.weight"])


def titans(p, prefix, x, keep):
    inputs = linear_inputs(p, prefix, mixed(p, prefix, x, keep), ("q", "x", "k", "v", "gate"))
    o = norm(memories(p, prefix, inputs, keep), p[prefix + "output-norm.weight"]) * 2 * torch.sigmoid(inputs["gate"])
    return F.linear(o.reshape(B, T, D), p[prefix + "output.weight"])


def cms(p, prefix, x):
    a, b = F.linear(norm(x, p[prefix + "norm.weight"]), p[prefix + "up.weight"]).chunk(2, -1)
    return F.linear(a * F.silu(b), p[prefix + "down.weight"])


def logits(architecture, p, ids, activations):
    x = p["embedding.weight"][ids]
    for block in range(LAYERS):
        def keep(name, value):
            activations[f"blocks.{block}.{name}"] = value
        if "attention" in architecture:
            x = x + attention(p, f"blocks.{block}.attention.", x, keep, architecture["attention"]["rope_base"])
        else:
            x = x + titans(p, f"blocks.{block}.titans.", x, keep)
        for level in architecture["levels"]:
            x = x + cms(p, f"blocks.{block}.cms.{level['name']}.", x)
        keep("stream", x.reshape(B * T, D))
    return F.linear(norm(x, p["norm.weight"]), p["embedding.weight"])


def losses(architecture, p, tokens, activations):
    """Cross-entropy of each of the B T targets, in nats."""
    z = logits(architecture, p, tokens[:, :-1], activations)
    activations["logits"] = z.reshape(B * T, V)
    return F.cross_entropy(z.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")


def level_of(name):
    return name.split(".")[3] if ".cms." in name else "core"


def learning_rate(step):
    if step <= WARMUP:
        return OPTIMIZER["learning_rate"] * step / WARMUP
    cosine = 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP)))
    return OPTIMIZER["learning_rate"] * (OPTIMIZER["final_ratio"] + (1 - OPTIMIZER["final_ratio"]) * cosine)


def train(architecture, p, batches):
    """Ten steps; a level gathers its gradient over its period (Eq. 71), the last step flushes all. Returns losses and norms."""
    periods = {"core": 1, **{level["name"]: level["period"] for level in architecture["levels"]}}
    optimizers, gathered = {}, dict.fromkeys(periods, 0)
    for level in periods:
        own = [tensor for name, tensor in p.items() if level_of(name) == level]
        groups = [dict(params=[t for t in own if t.dim() > 1], weight_decay=OPTIMIZER["weight_decay"]),
                  dict(params=[t for t in own if t.dim() == 1], weight_decay=0.0)]
        optimizers[level] = torch.optim.AdamW(groups, betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]), eps=OPTIMIZER["epsilon"])
    means, norms = [], {level: [] for level in periods}
    for step, tokens in enumerate(batches, 1):
        loss = losses(architecture, p, tokens, {})
        loss.sum().backward()
        means.append(loss.mean().detach())
        for level, period in periods.items():
            gathered[level] += loss.numel()
            if step % period and step < STEPS:
                continue
            own = [tensor for group in optimizers[level].param_groups for tensor in group["params"]]
            for tensor in own:
                tensor.grad /= gathered[level]
            total = torch.sqrt(sum(tensor.grad.pow(2).sum() for tensor in own))
            norms[level].append(total)
            if total > OPTIMIZER["clip_norm"]:
                for tensor in own:
                    tensor.grad *= OPTIMIZER["clip_norm"] / total
            for group in optimizers[level].param_groups:
                group["lr"] = learning_rate(step)
            optimizers[level].step()
            optimizers[level].zero_grad()
            gathered[level] = 0
    return torch.stack(means), {level: torch.stack(values) for level, values in norms.items()}


def write(directory, name, architecture):
    generator = torch.Generator().manual_seed(SEED)
    p = parameters(architecture, generator)
    # Three batches in turn, so that the losses of the last steps depend on what the first ones learnt.
    batches = torch.randint(0, V, (3, B, T + 1), generator=generator)[torch.arange(STEPS) % 3]
    out = {f"parameters.{key}": tensor.detach().clone() for key, tensor in p.items()}
    activations = {}
    loss = losses(architecture, p, batches[0], activations)
    loss.sum().backward()
    out["losses"] = loss
    out.update({f"activations.{key}": tensor for key, tensor in activations.items()})
    out.update({f"gradients.{key}": tensor.grad.clone() for key, tensor in p.items()})
    for tensor in p.values():
        tensor.grad = None
    out["training.losses"], norms = train(architecture, p, batches)
    out.update({f"training.norms.{level}": values for level, values in norms.items()})
    out = {key: tensor.detach().float().contiguous() for key, tensor in out.items()}
    out["tokens"] = batches.int().reshape(STEPS, B * (T + 1))
    metadata = dict(seed=str(SEED), torch=torch.__version__.split("+")[0], python=platform.python_version(), config=configuration(name, architecture))
    with open(f"{directory}/golden-{name}.safetensors.gz", "wb") as file:
        # Without a time the same numbers are the same bytes.
        file.write(gzip.compress(save(out, metadata), 9, mtime=0))
    print(name, "losses", [round(value, 4) for value in out["training.losses"].tolist()])
    for level, values in norms.items():
        print(name, "norms", level, [round(value, 4) for value in values.tolist()])


if __name__ == "__main__":
    torch.set_num_threads(1)
    for key, value in ARCHITECTURES.items():
        write(sys.argv[1], key, value)
