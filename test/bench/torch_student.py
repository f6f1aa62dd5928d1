"""One distillation step of a student in PyTorch, for training.ts (CPU) and gpu-students.ts (CUDA) to compare with.

A step is the one of src/learning/training/loop.ts: forward on faces of 112x112, ElasticFace-Arc over 1,000 identities plus 10,000 * MSE to
a teacher's embeddings, backward, clipping at 5, SGD with momentum and weight decay. Prints one line of JSON.
Run: python3 torch_student.py --student mobilefacenet --batch 64 --precision f32|tf32|bf16 [--device cuda]
"""
import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASSES, DIMENSIONS = 1000, 512
WARM_UP = {"cpu": 2, "cuda": 5}


def convolution(inputs, filters, kernel, stride=1, groups=1, pad=None, activation=True):
    pad = kernel // 2 if pad is None else pad
    layers = [nn.Conv2d(inputs, filters, kernel, stride, pad, groups=groups, bias=False), nn.BatchNorm2d(filters)]
    return nn.Sequential(*layers, nn.PReLU(filters)) if activation else nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def bottleneck(inputs, hidden, filters, stride=1):
    return nn.Sequential(
        convolution(inputs, hidden, 1),
        convolution(hidden, hidden, 3, stride, groups=hidden),
        convolution(hidden, filters, 1, activation=False),
    )


def mobilefacenet():
    def stage(times, width, hidden):
        return [Residual(bottleneck(width, hidden, width)) for _ in range(times)]

    return nn.Sequential(
        convolution(3, 64, 3, 2),
        convolution(64, 64, 3, groups=64),
        bottleneck(64, 128, 64, 2),
        *stage(4, 64, 128),
        bottleneck(64, 256, 128, 2),
        *stage(6, 128, 256),
        bottleneck(128, 512, 128, 2),
        *stage(2, 128, 256),
        convolution(128, 512, 1),
        convolution(512, 512, 7, groups=512, pad=0, activation=False),
        nn.Flatten(),
        nn.Linear(512, DIMENSIONS, bias=False),
        nn.BatchNorm1d(DIMENSIONS),
    )


def iresnet(depths, dropout):
    layers, inputs = [*convolution(3, 64, 3)], 64
    for width, depth in zip((64, 128, 256, 512), depths):
        for index in range(depth):
            stride = 2 if index == 0 else 1
            body = nn.Sequential(
                nn.BatchNorm2d(inputs),
                convolution(inputs, width, 3),
                convolution(width, width, 3, stride, activation=False),
            )
            layers.append(Residual(body, convolution(inputs, width, 1, stride, activation=False) if index == 0 else None))
            inputs = width
    return nn.Sequential(
        *layers,
        nn.BatchNorm2d(512),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(512 * 7 * 7, DIMENSIONS),
        nn.BatchNorm1d(DIMENSIONS),
    )


STUDENTS = {
    "mobilefacenet": mobilefacenet,
    "iresnet18": lambda: iresnet((2, 2, 2, 2), 0),
    "iresnet34": lambda: iresnet((3, 4, 6, 3), 0),
    "iresnet50": lambda: iresnet((3, 4, 14, 3), 0.4),
}


def stepper(student, batch, precision, kind):
    """Random weights and faces on the device; the function makes one step and returns the loss, for which it waits."""
    device = torch.device(kind)
    net = STUDENTS[student]()
    net = net.to(device, memory_format=torch.channels_last).train()
    centres = nn.Parameter(0.01 * torch.randn(CLASSES, DIMENSIONS, device=device))
    optimizer = torch.optim.SGD([*net.parameters(), centres], lr=0.025, momentum=0.9, weight_decay=5e-4)
    # From the host in every step, as the batches of a training are.
    faces = torch.randn(batch, 3, 112, 112).to(memory_format=torch.channels_last)
    teacher = F.normalize(torch.randn(batch, DIMENSIONS))
    labels = torch.randint(0, CLASSES, (batch,))
    if kind == "cuda":
        faces, teacher, labels = (tensor.pin_memory() for tensor in (faces, teacher, labels))

    def step():
        x, t, y = (tensor.to(device, non_blocking=True) for tensor in (faces, teacher, labels))
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=precision == "bf16"):
            embeddings = net(x)
        embeddings = F.normalize(embeddings.float())
        cosines = embeddings @ F.normalize(centres).t()
        own = cosines.gather(1, y[:, None]).clamp(-1 + 1e-6, 1 - 1e-6)
        margin = torch.normal(0.5, 0.05, (batch, 1), device=device)
        widened = own * margin.cos() - (1 - own.square()).sqrt() * margin.sin()
        loss = F.cross_entropy(64 * cosines.scatter(1, y[:, None], widened), y)
        loss = loss + 10_000 * F.mse_loss(embeddings, t)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimizer.step()
        return loss.item()

    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--student", choices=STUDENTS, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--precision", choices=["f32", "tf32", "bf16"], default="f32")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    for backend in (torch.backends.cuda.matmul, torch.backends.cudnn):
        backend.allow_tf32 = options.precision == "tf32"
    torch.backends.cudnn.benchmark = True
    step = stepper(options.student, options.batch, options.precision, options.device)
    for _ in range(WARM_UP[options.device]):
        step()
    seconds = []
    for _ in range(options.steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    rate = options.batch / statistics.median(seconds)
    device = torch.cuda.get_device_name() if options.device == "cuda" else f"{options.threads} threads"
    print(json.dumps({"engine": f"torch {torch.__version__}", "device": device, "images_per_s": round(rate, 1)}))


if __name__ == "__main__":
    main()
